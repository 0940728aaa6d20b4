import { basicPrograms } from '../programs/basic.js'
import { filePrograms } from '../programs/file-programs.js'
import { grepPrograms } from '../programs/grep.js'
import type { ProgramTable } from '../programs/program-model.js'
import { sh } from '../programs/sh.js'
import { textPrograms } from '../programs/text.js'
import { esxcli } from '../esxcli/program.js'
import { esxcfgPrograms } from './esxcfg.js'
import { initPrograms } from './init-scripts.js'
import { nc } from './nc.js'
import { ping } from './ping.js'
import { storagePrograms } from './storage.js'
import { systemPrograms } from './system.js'
import { vimCmd } from './vim-cmd/index.js'

/** The programs of an ESXi host. */
export const hostPrograms: ProgramTable = {
  ...basicPrograms, ...filePrograms, ...grepPrograms, ...textPrograms, ...systemPrograms, ...esxcfgPrograms,
  ...initPrograms, ...storagePrograms, nc, ping, vmkping: ping, sh, ash: sh, 'vim-cmd': vimCmd, esxcli,
}
