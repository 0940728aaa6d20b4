import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { trusted } from '../emulator/trusted.js'

describe('whom nodes trust', () => {
  it('the public authorities, the lab, and those of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trusted-'))
    try {
      const file = join(folder, 'more.pem')
      writeFileSync(file, 'MORE')
      expect(await trusted('LAB', file)).toEqual([...rootCertificates, 'LAB', 'MORE'])
      expect(await trusted('LAB', undefined)).toEqual([...rootCertificates, 'LAB'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('a file that is not there › is an error', async () => {
    await expect(trusted('LAB', '/no/such/file.pem')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
