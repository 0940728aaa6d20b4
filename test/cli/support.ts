import type { Io } from '../../clients/cli/io.js'
import type { LabOpener } from '../../emulator/main.js'
import type { OpenRequest } from '../../emulator/open-request.js'
import { FakeTarget } from '../doors/fake-target.js'

/** An outside that gathers what is written. */
export class TestIo implements Io {
  output = ''
  errors = ''
  readonly env: Record<string, string | undefined>
  onOutput: (() => void) | undefined

  constructor(env: Record<string, string | undefined> = {}) {
    this.env = env
  }

  out = (text: string): void => {
    this.output += text
    this.onOutput?.()
  }

  err = (text: string): void => {
    this.errors += text
  }
}

/** Opens no lab, but says so; notes what it was asked. */
export function fakeOpener(): { open: LabOpener, requests: OpenRequest[], target: FakeTarget, closed: number } {
  const target = new FakeTarget()
  const opener = {
    requests: [] as OpenRequest[],
    target,
    closed: 0,
    open: async (request: OpenRequest) => {
      opener.requests.push(request)
      return {
        nodes: target.nodes(), control: target, note: 'free ports',
        close: async () => { opener.closed += 1 },
      }
    },
  }
  return opener
}
