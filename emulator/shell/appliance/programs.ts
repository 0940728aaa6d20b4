import { basicPrograms } from '../programs/basic.js'
import { filePrograms } from '../programs/file-programs.js'
import { grepPrograms } from '../programs/grep.js'
import { notEmulated } from '../programs/not-emulated.js'
import type { ProgramTable } from '../programs/program-model.js'
import { nc } from '../host/nc.js'
import { ping } from '../host/ping.js'
import { sh } from '../programs/sh.js'
import { textPrograms } from '../programs/text.js'
import { servicePrograms } from './service-control.js'
import { applianceSystemPrograms } from './system.js'

/** What operations.md 2.3 names beside those that are here, and what people look for first. */
const otherPrograms = [
  'certool', 'cmsso-util', 'curl', 'dcli', 'dir-cli', 'journalctl', 'lsdoctor', 'openssl', 'ps', 'psql', 'python', 'python3', 'ssh', 'tar',
  'top', 'vdcadmintool', 'vecs-cli', 'vi', 'vimtop',
]

/** The programs of a vCenter appliance's bash. */
export const appliancePrograms: ProgramTable = {
  ...notEmulated(otherPrograms), ...basicPrograms, ...filePrograms, ...grepPrograms, ...textPrograms,
  ...servicePrograms, ...applianceSystemPrograms,
  nc, ping, sh, bash: sh,
}
