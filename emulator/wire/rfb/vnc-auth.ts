import { createCipheriv } from 'node:crypto'

/** VNC reads no more of a password. */
const KEY_BYTES = 8

/**
 * What a client that knows the password answers to a challenge (RFC 6143 section 7.2.2): the challenge
 * in DES, with the password as the key, the bits of each byte turned round. Triple DES with three equal
 * keys is DES, and is still built into OpenSSL where DES itself is not.
 */
export function answerChallenge(password: string, challenge: Uint8Array): Buffer {
  const key = Buffer.alloc(KEY_BYTES)
  key.write(password, 'latin1')
  for (const [index, byte] of key.entries()) key[index] = turned(byte)
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false)
  return Buffer.concat([cipher.update(challenge), cipher.final()])
}

function turned(byte: number): number {
  let result = 0
  for (let bit = 0; bit < 8; bit += 1) result |= (byte >> bit & 1) << (7 - bit)
  return result
}
