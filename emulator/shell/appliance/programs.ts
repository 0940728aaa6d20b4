import { basicPrograms } from '../programs/basic.js'
import { filePrograms } from '../programs/file-programs.js'
import { grepPrograms } from '../programs/grep.js'
import type { ProgramTable } from '../programs/program-model.js'
import { nc } from '../host/nc.js'
import { ping } from '../host/ping.js'
import { sh } from '../programs/sh.js'
import { textPrograms } from '../programs/text.js'
import { servicePrograms } from './service-control.js'
import { applianceSystemPrograms } from './system.js'

/** The programs of a vCenter appliance's bash. */
export const appliancePrograms: ProgramTable = {
  ...basicPrograms, ...filePrograms, ...grepPrograms, ...textPrograms, ...servicePrograms, ...applianceSystemPrograms,
  nc, ping, sh, bash: sh,
}
