import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'

/**
 * Authorities whose certificates nodes trust when they are the client: the public ones, the lab's
 * own, and those of a file of the user's (`--trust`), PEM. Rejects when the file cannot be read.
 */
export async function trusted(labCa: string, file: string | undefined): Promise<readonly string[]> {
  return [...rootCertificates, labCa, ...file === undefined ? [] : [await readFile(file, 'utf8')]]
}
