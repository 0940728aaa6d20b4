import { z } from 'zod'
import { defineFault } from './define.js'

/** A hardware sensor of a host reports trouble. */
export const sensorAlert = defineFault({
  name: 'sensor-alert',
  target: 'host',
  help: 'a hardware sensor of a host turns yellow or red (temperature, fan, voltage, power)',
  example: 'fauxsphere inject sensor-alert esx-02 "sensor=Processor 1 Temp" state=red',
  options: z.strictObject({
    sensor: z.string().default('System Board 1 Inlet Temp'),
    state: z.enum(['yellow', 'red', 'unknown']).default('red'),
  }),
  inject(tx, { id }, { sensor, state }) {
    tx.emit('hardware.sensor', { host: id, sensor, state })
  },
  heal(tx, { id }, { sensor }) {
    tx.emit('hardware.sensor', { host: id, sensor, state: 'green' })
  },
})
