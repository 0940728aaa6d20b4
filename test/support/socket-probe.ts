import { connect } from 'node:net'
import type { DoorAnswer } from '../../emulator/physics/network/doors.js'
import { afterRealMs } from '../../emulator/world/clock.js'

/** How long a client of a test waits for a byte before it calls that a time-out. */
const PATIENCE_MS = 300

/** What a real client gets from a port: connects, sends a request and waits for the first byte. */
export function probeSocket(url: string): Promise<DoorAnswer> {
  const { hostname, port } = new URL(url)
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname)
    const done = (answer: DoorAnswer): void => {
      cancel()
      socket.destroy()
      resolve(answer)
    }
    const cancel = afterRealMs(PATIENCE_MS, () => done('timeout'))
    socket.on('connect', () => socket.write('GET / HTTP/1.1\r\nhost: lab\r\nconnection: close\r\n\r\n'))
    socket.on('data', () => done('open'))
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED' ? 'refused' : 'reset'))
    socket.on('close', () => done('reset'))
  })
}
