/**
 * A MethodFault of the API, thrown by handlers and jobs; the doors put it on the wire
 * (protocols.md 1.6). Distinct from an injected fault and from a defect of ours.
 */
export class MethodFault extends Error {
  /** WSDL name of the fault type. */
  readonly type: string
  /** The fault's own properties. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(type: string, fields: Record<string, unknown> = {}, text?: string) {
    super(text ?? faultText(type, fields))
    this.name = 'MethodFault'
    this.type = type
    this.fields = fields
  }

  /** The fault as a data object for `detail`, `Task.info.error.fault` and missing sets. */
  get value(): { readonly _typeName: string } & Record<string, unknown> {
    return { _typeName: this.type, ...this.fields }
  }

  /** As a LocalizedMethodFault: how faults stand inside other data. */
  get localized(): { fault: Record<string, unknown>, localizedMessage: string } {
    return { fault: this.value, localizedMessage: this.message }
  }
}

/** Makes a MethodFault to throw: `throw fault('InvalidArgument', { invalidProperty: 'spec' })`. */
export function fault(type: string, fields: Record<string, unknown> = {}, text?: string): MethodFault {
  return new MethodFault(type, fields, text)
}

/** `InvalidArgument` naming a parameter or a path inside one. */
export function invalidArgument(invalidProperty: string): MethodFault {
  return fault('InvalidArgument', { invalidProperty })
}

/** A branch of an implemented method that is not emulated: counted, named, never silent. */
export class NotEmulated extends MethodFault {
  readonly path: string

  constructor(path: string) {
    super('NotImplemented', {}, `fauxsphere does not emulate ${path}; see docs/api-coverage.md`)
    this.path = path
  }
}

/** Makes the fault for a branch that is not emulated: `throw notEmulated('spec.vFlash')`. */
export function notEmulated(path: string): NotEmulated {
  return new NotEmulated(path)
}

type Text = string | ((fields: Record<string, unknown>) => string)

/** The product's English texts, protocols.md 1.6 and client sources; others fall to the default. */
const texts: Record<string, Text> = {
  AlreadyExists: fields => `The specified key, name, or identifier '${shown(fields['name'])}' already exists.`,
  DuplicateName: fields => `The name '${shown(fields['name'])}' already exists.`,
  InvalidArgument: fields => fields['invalidProperty'] === undefined
    ? 'A specified parameter was not correct: '
    : `A specified parameter was not correct: ${shown(fields['invalidProperty'])}`,
  InvalidLogin: 'Cannot complete login due to an incorrect user name or password.',
  InvalidName: fields => `The name '${shown(fields['name'])}' is invalid.`,
  InvalidPowerState: fields => 'The attempted operation cannot be performed in the current state '
    + `(${powerWord(fields['existingState'])}).`,
  InvalidProperty: '',
  InvalidState: 'The operation is not allowed in the current state.',
  ManagedObjectNotFound: fields => `The object '${objectText(fields['obj'])}' has already been deleted `
    + 'or has not been completely created',
  NoPermission: 'Permission to perform this operation was denied.',
  NotAuthenticated: 'The session is not authenticated.',
  NotFound: 'The object or item referred to could not be found.',
  NotSupported: 'The operation is not supported on the object.',
  NotImplemented: 'The operation is not implemented.',
  HostNotConnected: 'Unable to communicate with the remote host, since it is disconnected.',
  HostNotReachable: 'Cannot contact the specified host. The host may not be available on the network.',
  PasswordExpired: 'Cannot complete login because the password of the user has expired.',
  RequestCanceled: 'The task was canceled by a user.',
  ResourceInUse: fields => `The resource '${shown(fields['name'])}' is in use.`,
  RestrictedVersion: 'The operation is not allowed in this version.',
  SystemError: fields => `A general system error occurred: ${shown(fields['reason'])}`,
  TaskInProgress: 'The operation is not allowed because another task is in progress.',
  ToolsUnavailable: 'Cannot complete operation because VMware Tools is not running in this virtual machine.',
  UserNotFound: fields => `The user or group named '${shown(fields['principal'])}' does not exist.`,
}

function faultText(type: string, fields: Record<string, unknown>): string {
  const text = texts[type]
  if (text === undefined) return ''
  return typeof text === 'string' ? text : text(fields)
}

function shown(value: unknown): string {
  return value === undefined ? '' : String(value)
}

function powerWord(state: unknown): string {
  if (state === 'poweredOn') return 'Powered on'
  return state === 'suspended' ? 'Suspended' : 'Powered off'
}

function objectText(obj: unknown): string {
  const ref = obj as { type?: string, value?: string } | undefined
  return `vim.${ref?.type ?? ''}:${ref?.value ?? ''}`
}
