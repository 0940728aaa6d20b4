import type { HostLockdownMode, HostSystemProps } from '../../schema/generated/types.js'
import type { Reader } from '../../world/records.js'

/** Id of a host's HostAccessManager on the host. */
const ACCESS_MANAGER = 'ha-host-access-manager'

/** What a host's HostAccessManager keeps beside what it shows. */
export interface AccessManagerInner {
  /** Users whom lockdown does not concern, as QueryLockdownExceptions gives them. */
  exceptions?: string[]
}

/** The lockdown mode of a host, and the users whom it does not concern (network-security.md 12.2). */
export function lockdownOf(
  reader: Reader, host: string,
): { readonly mode: HostLockdownMode, readonly exceptions: readonly string[] } {
  return {
    mode: reader.get<HostSystemProps>(host, 'ha-host')?.props.config?.lockdownMode ?? 'lockdownDisabled',
    exceptions: reader.get<object, AccessManagerInner>(host, ACCESS_MANAGER)?.inner.exceptions ?? [],
  }
}
