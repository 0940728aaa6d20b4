import { basicPrograms } from '../programs/basic.js'
import { filePrograms } from '../programs/file-programs.js'
import { grepPrograms } from '../programs/grep.js'
import { say, type ProgramTable } from '../programs/program-model.js'
import { sh } from '../programs/sh.js'
import { textPrograms } from '../programs/text.js'

/** The programs of a vCenter appliance. */
export const appliancePrograms: ProgramTable = {
  ...basicPrograms, ...filePrograms, ...grepPrograms, ...textPrograms, sh, bash: sh,
  hostname: { run: context => say(context, context.machine.node.hostName) },
}
