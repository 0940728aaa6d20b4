import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Certificates, type CertificatesOptions } from '../../emulator/services/certificates.js'

const YEAR_MS = 365 * 86400000
const NOW = Date.UTC(2026, 0, 5, 8)
const vcenter = { name: 'vc-01', kind: 'vcenter', hostName: 'vc-01.lab.local', address: '127.0.1.1' } as const
const host = { name: 'esx-01', kind: 'esxi', hostName: 'esx-01.lab.local', address: '127.0.1.2' } as const

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'fauxsphere-certificates-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function certificates(options: Partial<CertificatesOptions> = {}): Certificates {
  return new Certificates({
    folder, keyType: 'p256', organization: 'vc-01.lab.local', era: 'manual', now: () => NOW, ...options,
  })
}

describe('Certificates', () => {
  it('CA › has the subject of VMCA and signs for ten years', async () => {
    const ca = new X509Certificate((await certificates().ca()).cert)
    expect(ca.subject.split('\n')).toEqual([
      'CN=CA', 'DC=vsphere', 'DC=local', 'C=US', 'ST=California', 'O=vc-01.lab.local',
      'OU=VMware Engineering',
    ])
    expect(ca.issuer).toBe(ca.subject)
    expect(ca.ca).toBe(true)
    expect(Date.parse(ca.validTo) - Date.parse(ca.validFrom)).toBe(10 * YEAR_MS)
    expect(Date.parse(ca.validFrom)).toBeLessThanOrEqual(NOW)
  })

  it('host leaf › has the names of VMCA, five years and all alternative names', async () => {
    const made = await certificates().ensure(host)
    const leaf = new X509Certificate(made.leaf)
    expect(leaf.subject.split('\n')).toEqual([
      'C=US', 'ST=California', 'L=Palo Alto', 'O=VMware', 'OU=VMware Engineering',
      'CN=esx-01.lab.local', 'emailAddress=vmca@vmware.com',
    ])
    expect(leaf.subjectAltName).toBe(
      'DNS:esx-01.lab.local, IP Address:127.0.1.2, DNS:localhost, IP Address:127.0.0.1')
    expect(made.notAfter - made.notBefore).toBe(5 * YEAR_MS)
    expect(made.notBefore).toBe(NOW - 86400000)
  })

  it('expired › a leaf of the same names that has been over for a month, and another one than in use', async () => {
    const store = certificates()
    const [made, old] = [await store.ensure(vcenter), await store.expired(vcenter)]
    expect(old.notAfter).toBeLessThan(NOW)
    expect(old.sha1).not.toBe(made.sha1)
    expect(new X509Certificate(old.leaf).subject).toBe(new X509Certificate(made.leaf).subject)
    expect(await store.expired(vcenter)).toBe(old)
    expect(await store.ensure(vcenter)).toBe(made)
  })

  it('vCenter leaf › is signed by the CA and names its thumbprints as the API does', async () => {
    const store = certificates()
    const made = await store.ensure(vcenter)
    const ca = new X509Certificate((await store.ca()).cert)
    const leaf = new X509Certificate(made.leaf)
    expect(leaf.verify(ca.publicKey)).toBe(true)
    expect(made.sha1).toBe(leaf.fingerprint)
    expect(made.sha256).toBe(leaf.fingerprint256)
    expect(leaf.subject).toBe('CN=vc-01.lab.local\nC=US')
    expect(store.of('vc-01')).toBe(made)
  })

  it('cache › gives the same certificate to the next lab of the folder', async () => {
    const first = await certificates().ensure(host)
    const second = await certificates().ensure(host)
    expect(second.sha256).toBe(first.sha256)
    expect((await certificates({ era: 'present' }).ensure(host)).sha256).not.toBe(first.sha256)
  })

  it('cache › makes damaged files anew', async () => {
    const first = await certificates().ensure(host)
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), 'utf8')
      writeFileSync(join(folder, file), file.startsWith('ca-') ? text : text.slice(0, text.length / 2))
    }
    const second = await certificates().ensure(host)
    expect(second.sha256).not.toBe(first.sha256)
    for (const file of readdirSync(folder)) writeFileSync(join(folder, file), 'garbage')
    expect((await certificates().ensure(host)).sha256).not.toBe(second.sha256)
  })

  it('cache › makes expired ones anew by lab time', async () => {
    const first = await certificates().ensure(host)
    const later = certificates({ now: () => NOW + 6 * YEAR_MS })
    expect((await later.ensure(host)).notBefore).toBeGreaterThan(first.notAfter)
  })

  it('RSA › makes keys of the wished length', async () => {
    const made = await certificates({ keyType: 'rsa2048' }).ensure(host)
    const key = new X509Certificate(made.leaf).publicKey
    expect(key.asymmetricKeyType).toBe('rsa')
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048)
  })

  it('concurrent callers › get one certificate', async () => {
    const store = certificates({ folder: undefined })
    const [one, two] = await Promise.all([store.ensure(host), store.ensure(host)])
    expect(one).toBe(two)
  })
})
