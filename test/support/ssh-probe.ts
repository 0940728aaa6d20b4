/** What a client of 22 sees without a login, and keys for those who have none. */
import { generateKeyPairSync } from 'node:crypto'
import { connect } from 'node:net'

/** The first line that sshd says. */
export function probe(port: number): Promise<{ readonly ident: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', (bytes: Buffer) => {
      socket.destroy()
      resolve({ ident: bytes.toString('latin1').split('\r\n')[0]! })
    })
    socket.once('error', reject).once('close', () => reject(new Error('closed without a word')))
  })
}

/** A new key, and its line in authorized_keys. */
export function newKey(): { readonly privateKey: string, readonly line: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const { x, y } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])
  const blob = Buffer.concat([Buffer.from('ecdsa-sha2-nistp256'), Buffer.from('nistp256'), point].flatMap(part => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(part.length)
    return [length, part]
  }))
  return {
    privateKey: privateKey.export({ type: 'sec1', format: 'pem' }) as string,
    line: `ecdsa-sha2-nistp256 ${blob.toString('base64')}`,
  }
}
