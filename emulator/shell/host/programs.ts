import { basicPrograms } from '../programs/basic.js'
import { filePrograms } from '../programs/file-programs.js'
import { grepPrograms } from '../programs/grep.js'
import type { ProgramTable } from '../programs/program-model.js'
import { sh } from '../programs/sh.js'
import { textPrograms } from '../programs/text.js'
import { systemPrograms } from './system.js'

/** The programs of an ESXi host. */
export const hostPrograms: ProgramTable = {
  ...basicPrograms, ...filePrograms, ...grepPrograms, ...textPrograms, ...systemPrograms, sh, ash: sh,
}
