/** Errors of the vAPI and how the two REST dialects write them (protocols.md 5.2). */

/** The standard errors that are in use, with their HTTP status. */
const STATUS = {
  invalid_argument: 400,
  not_allowed_in_current_state: 400,
  already_exists: 400,
  resource_in_use: 400,
  unsupported: 400,
  unverified_peer: 400,
  unauthenticated: 401,
  unauthorized: 403,
  not_found: 404,
  operation_not_found: 404,
  error: 500,
  resource_inaccessible: 500,
  canceled: 500,
  internal_server_error: 500,
  service_unavailable: 503,
} as const

export type VapiErrorName = keyof typeof STATUS

/** `rest`: wrapped values below /rest; `api`: bare bodies below /api (7.0U2 and later). */
export type Dialect = 'rest' | 'api'

/** What a REST request is answered with; `body` undefined: an empty one. */
export interface VapiReply {
  readonly status: number
  readonly body?: unknown
  /** Id of a session that begins with this answer: it is sent as a cookie too. */
  readonly opened?: string
}

/** Answers with an error. `id` names the message, `text` is its English. */
export function vapiError(dialect: Dialect, name: VapiErrorName, id: string, text: string): VapiReply {
  const messages = [{ id, default_message: text, args: [] }]
  const body = dialect === 'rest'
    ? { type: `com.vmware.vapi.std.errors.${name}`, value: { messages } }
    : { error_type: name.toUpperCase(), messages }
  return { status: STATUS[name], body }
}

/** An error that an operation throws; the door writes it in the request's dialect. */
export class VapiFault extends Error {
  readonly error: VapiErrorName
  readonly id: string

  constructor(error: VapiErrorName, id: string, text: string) {
    super(text)
    this.error = error
    this.id = id
  }
}
