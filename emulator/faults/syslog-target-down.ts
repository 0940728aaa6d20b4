import { z } from 'zod'
import '../physics/syslog/signals.js'
import { bringLogHostBack, takeLogHostDown } from '../physics/syslog/outage.js'
import { defineFault } from './define.js'

interface Options {
  readonly port?: number | undefined
}

/** A log host outside the lab takes no messages; who sends to it finds out, or does not (UDP). */
export const syslogTargetDown = defineFault<Options>({
  name: 'syslog-target-down',
  target: 'none',
  help: 'a log host (its name as in Syslog.global.logHost; none: every one) takes no messages; heal brings it back',
  example: 'fauxsphere inject syslog-target-down loghost.lab.test port=514',
  options: z.strictObject({
    port: z.coerce.number().int().min(1).max(65535).optional(),
  }) as unknown as z.ZodType<Options>,
  inject(tx, target, { port }, id) {
    takeLogHostDown(tx, id, { ...target.name === '' ? {} : { host: target.name }, ...port === undefined ? {} : { port } })
  },
  heal(tx, _target, _options, id) {
    bringLogHostBack(tx, id)
  },
})
