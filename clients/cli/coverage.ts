import type { Command } from 'commander'
import { subcommand, type CommandContext } from './command.js'
import { columns, jsonLine } from './io.js'

/** `fauxsphere coverage`: needs no running lab. */
export function addCoverage(program: Command, { io }: CommandContext): void {
  subcommand(program, 'coverage', 'what is emulated: methods of all, by managed type')
    .option('--json', 'answer in JSON')
    .action(async (flags: { json?: boolean }) => {
      const { coverage } = await import('../../emulator/coverage.js')
      const report = coverage()
      if (flags.json === true) {
        io.out(jsonLine(report))
        return
      }
      const cells = ({ all, implemented, partial, tested }: typeof report.totals): string[] =>
        [all, implemented, partial, tested].map(String)
      io.out(columns([
        ['MANAGED TYPE', 'METHODS', 'IMPLEMENTED', 'PARTIAL', 'TESTED'],
        ...report.types.filter(({ counts }) => counts.all > 0)
          .map(({ type, counts }) => [type, ...cells(counts)]),
        ['all', ...cells(report.totals)],
      ]))
    })
}
