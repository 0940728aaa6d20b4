import { basicPrograms } from '../programs/basic.js'
import { filePrograms } from '../programs/file-programs.js'
import { grepPrograms } from '../programs/grep.js'
import { notEmulated } from '../programs/not-emulated.js'
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

/** What operations.md 2.3 names beside those that are here. */
const otherPrograms = [
  'auto-backup.sh', 'backup.sh', 'configstorecli', 'dcui', 'dcuiweasel', 'esxcfg-dumppart', 'esxcfg-hwiscsi', 'esxcfg-info', 'esxcfg-init',
  'esxcfg-ipsec', 'esxcfg-module', 'esxcfg-mpath', 'esxcfg-nas', 'esxcfg-rescan', 'esxcfg-resgrp', 'esxcfg-swiscsi', 'esxcfg-volume',
  'esxtop', 'generate-certificates', 'hostd-probe', 'jq', 'kill', 'localcli', 'lspci', 'net-stats', 'nicinfo.sh', 'openssl', 'partedUtil',
  'pktcap-uw', 'python', 'python3', 'resxtop', 'scp', 'sensord', 'ssh', 'tar', 'tcpdump-uw', 'vdq', 'vi', 'vm-support', 'vmkchdev',
  'vmkload_mod', 'vsish', 'wget',
]

/** The programs of an ESXi host. */
export const hostPrograms: ProgramTable = {
  ...notEmulated(otherPrograms), ...basicPrograms, ...filePrograms, ...grepPrograms, ...textPrograms, ...systemPrograms, ...esxcfgPrograms,
  ...initPrograms, ...storagePrograms, nc, ping, vmkping: ping, sh, ash: sh, 'vim-cmd': vimCmd, esxcli,
}
