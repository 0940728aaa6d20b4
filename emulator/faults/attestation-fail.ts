import { z } from 'zod'
import { defineFault } from './define.js'

/** What the TPM of a host measured at boot is not what vCenter accepts. */
export const attestationFail = defineFault({
  name: 'attestation-fail',
  target: 'host',
  help: "a host's TPM measurements are not accepted by vCenter (a host without TPM has none)",
  example: 'fauxsphere inject attestation-fail esx-02',
  options: z.strictObject({}),
  inject(tx, { id }) {
    tx.emit('hardware.attested', { host: id, accepted: false })
  },
  heal(tx, { id }) {
    tx.emit('hardware.attested', { host: id, accepted: true })
  },
})
