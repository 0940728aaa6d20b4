import { z } from 'zod'
import { setCertificateExpired, type CertificateKind } from '../physics/appliance/facts.js'
import { defineFault } from './define.js'
import { FaultError } from './target.js'

interface Options {
  readonly certificate: CertificateKind
}

/** A certificate that nobody renewed is past its end. */
export const certificateExpire = defineFault<Options>({
  name: 'certificate-expire',
  target: 'node',
  help: 'a certificate expires: of the machine (TLS clients see it) or of sts (nobody can log in); heal renews it',
  example: 'fauxsphere inject certificate-expire vc-01 certificate=sts',
  options: z.strictObject({ certificate: z.enum(['machine', 'sts']).default('machine') }) as unknown as z.ZodType<Options>,
  inject(tx, target, { certificate }) {
    const isVcenter = tx.get<{ kind: string }>('lab', target.id)?.props.kind === 'vcenter'
    if (certificate === 'sts' && !isVcenter) throw new FaultError(`only a vCenter has a certificate of sts, ${target.id} is none`)
    setCertificateExpired(tx, target.id, certificate, true)
  },
  heal(tx, target, { certificate }) {
    setCertificateExpired(tx, target.id, certificate, false)
  },
})
