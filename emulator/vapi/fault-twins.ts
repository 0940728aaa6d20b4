import { NotEmulated, type MethodFault } from '../services/method-fault.js'
import { VapiFault, type VapiErrorName } from './vapi-error.js'

/** The vAPI's errors for what the methods behind its operations fault with (protocols.md 5.2); others: `error`. */
const twins: Readonly<Record<string, VapiErrorName>> = {
  AlreadyExists: 'already_exists',
  DuplicateName: 'already_exists',
  HostNotConnected: 'resource_inaccessible',
  HostNotReachable: 'resource_inaccessible',
  InvalidArgument: 'invalid_argument',
  InvalidLogin: 'invalid_argument',
  InvalidName: 'invalid_argument',
  InvalidPowerState: 'not_allowed_in_current_state',
  InvalidState: 'not_allowed_in_current_state',
  ManagedObjectNotFound: 'not_found',
  MethodDisabled: 'not_allowed_in_current_state',
  NoPermission: 'unauthorized',
  NotAuthenticated: 'unauthenticated',
  NotFound: 'not_found',
  NotImplemented: 'unsupported',
  NotSupported: 'not_allowed_in_current_state',
  RequestCanceled: 'canceled',
  SystemError: 'internal_server_error',
  TaskInProgress: 'resource_in_use',
}

/** A MethodFault as an error of the vAPI. */
export function vapiFaultOf(fault: MethodFault): VapiFault {
  const name = fault instanceof NotEmulated ? 'unsupported' : twins[fault.type] ?? 'error'
  return new VapiFault(name, `vapi.method-fault.${fault.type}`, fault.message === '' ? `${fault.type}.` : fault.message)
}

/** The same for a fault that a task ended with, as its record keeps it. */
export function vapiErrorOf(type: string): VapiErrorName {
  return twins[type] ?? 'error'
}
