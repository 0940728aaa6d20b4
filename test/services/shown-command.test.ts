import { expect, it } from 'vitest'
import { shownCommand } from '../../emulator/services/shell-access/shown-command.js'

it.each([
  ['esxcli system account add -i bob -p Secret1! -c Secret1!', 'esxcli system account add -i bob -p ****** -c ******'],
  ['esxcli system account set --id=bob --password=\'My secret\' --password-confirmation "My secret"',
    'esxcli system account set --id=bob --password=****** --password-confirmation ******'],
  ['true && esxcli system account add -i bob -pSecret1!; ls -c /tmp', 'true && esxcli system account add -i bob -p******; ls -c ******'],
  ['esxcli network firewall ruleset set -r sshServer -e true', 'esxcli network firewall ruleset set -r sshServer -e true'],
  ['ping -c 3 10.0.0.1', 'ping -c 3 10.0.0.1'],
])('%s › %s', (line, shown) => {
  expect(shownCommand(line)).toBe(shown)
})
