/** A small REST client for tests: one request, its status and its parsed body. */
export interface RestAnswer {
  readonly status: number
  readonly body: unknown
  readonly text: string
}

export interface RestOptions {
  /** `user:password` of Basic authentication. */
  readonly login?: string
  readonly session?: string
  readonly body?: unknown
}

export const ROOT = 'root:VMware1!'
export const ADMIN = 'administrator@vsphere.local:VMware1!'

/** Sends a request. A refused connection rejects, as a client would see it. */
export async function rest(method: string, url: string, options: RestOptions = {}): Promise<RestAnswer> {
  const { login, session, body } = options
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
      ...session === undefined ? {} : { 'vmware-api-session-id': session },
      ...body === undefined ? {} : { 'content-type': 'application/json' },
    },
    ...body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) },
  })
  const text = await answer.text()
  let parsed: unknown
  try {
    parsed = text === '' ? undefined : JSON.parse(text)
  } catch {
    parsed = undefined
  }
  return { status: answer.status, body: parsed, text }
}
