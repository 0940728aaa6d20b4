import { stopLater } from '../../../physics/hardware/orderly-stop.js'
import type { MoRef } from '../../../schema/model.js'
import { hostSystem } from '../../host-system/index.js'
import { action, cliFault, may, namespace, need, scalar } from '../define.js'
import { actorOn, requireOnHost, through } from '../host-call.js'
import { hostProps } from '../host-props.js'
import { Wait, type ChangeSeat, type Namespace } from '../model.js'

/** esxcli system maintenanceMode and shutdown (operations.md 2.1). */

const maintenance = namespace('system.maintenanceMode', 'Maintenance mode of the host.', {
  get: scalar('string', {
    help: 'Show whether the host is in maintenance mode.',
    run: seat => hostProps(seat).runtime.inMaintenanceMode ? 'Enabled' : 'Disabled',
  }),
  set: action({
    help: 'Enter maintenance mode, or leave it. Entering ends when no virtual machine runs any more.',
    params: {
      enable: need.truth('-e', 'true enters maintenance mode, false leaves it.'),
      timeout: may.number('-t', 'Seconds after which the host gives up; 0: never.', { range: [0, 2 ** 31 - 1] }),
    },
    run: (seat, { enable, timeout = 0 }) => {
      if (hostProps(seat).runtime.inMaintenanceMode === enable) {
        throw cliFault(`Maintenance mode is already ${enable ? 'enabled' : 'disabled'}.`)
      }
      const task = enable
        ? through(seat, hostSystem, 'ha-host', 'HostSystem', 'EnterMaintenanceMode_Task', { timeout })
        : through(seat, hostSystem, 'ha-host', 'HostSystem', 'ExitMaintenanceMode_Task', { timeout })
      return new Wait((task as MoRef).value, true)
    },
  }),
})

const params = {
  delay: may.number('-d', 'Seconds from now until it begins; at least 10.', { range: [10, 4294967295] }),
  reason: need.text('-r', 'Why; it is kept in the log.'),
}

const shutdown = namespace('system.shutdown', 'The power of the host.', {
  poweroff: action({
    help: 'Shut the host down and switch it off. It must be in maintenance mode.',
    params, run: (seat, { delay }) => stop(seat, 'shutdown', delay),
  }),
  reboot: action({
    help: 'Shut the host down and start it again. It must be in maintenance mode.',
    params, run: (seat, { delay }) => stop(seat, 'reboot', delay),
  }),
})

export const systemPower: readonly Namespace[] = [maintenance, shutdown]

/** The privilege is that of ShutdownHost_Task. */
function stop(seat: ChangeSeat, cause: 'shutdown' | 'reboot', delay = 10): void {
  requireOnHost(seat, 'ha-host', 'Host.Config.Maintenance')
  if (!hostProps(seat).runtime.inMaintenanceMode) throw cliFault('The host is not in maintenance mode.')
  stopLater(seat.tx, seat.host.name, { cause, delayMs: delay * 1000, by: actorOn(seat) })
}
