/**
 * Starts a lab with its doors and its control port, and ends it. What a lab is made of is decided
 * in `open-lab.ts`; what the user sees is decided in `clients/cli`.
 */
import type { ControlTarget, FaultKind } from './doors/control/target.js'
import type { OpenedNode } from './doors/opened-node.js'
import type { ListenAt } from './doors/https/listener.js'
import { urlHost } from './doors/ports.js'
import type { OpenLab, OpenRequest } from './open-request.js'
import { packageVersion } from './package.js'
import type { PeerModel } from './peer-model.js'
import type { ScenarioFile } from './scenario/load.js'
import type { ScenarioResult } from './scenario/runner.js'
import { nearestOr } from './world/nearest.js'

export type { FaultKind, OpenedNode, PeerModel }

/** A lab with its control port. */
export interface StartedLab extends OpenLab {
  /** URL of the control API. */
  readonly controlUrl: string
}

export type LabOpener = (request: OpenRequest) => Promise<OpenLab>

/**
 * Opens a lab and its control port. Rejects with what went wrong, everything closed again.
 * @param open for tests; default: the real thing
 */
export async function startLab(request: OpenRequest, open: LabOpener = openRealLab): Promise<StartedLab> {
  const lab = await open(request)
  try {
    const server = await openControl(lab.control, request)
    return {
      nodes: lab.nodes,
      control: lab.control,
      note: lab.note,
      controlUrl: `http://${urlHost(server.at.address)}:${server.at.port}`,
      close: async () => {
        await server.close()
        await lab.close()
      },
    }
  } catch (error) {
    await lab.close()
    throw error
  }
}

/** Plays a scenario on a lab of its own. @throws ScenarioError or LabFileError when it cannot be */
export async function play(file: ScenarioFile): Promise<ScenarioResult> {
  const { playScenario } = await import('./play-scenario.js')
  const { ScenarioError } = await import('./scenario/error.js')
  try {
    return playScenario(file.scenario)
  } catch (error) {
    throw error instanceof ScenarioError ? new ScenarioError(error.problems, path => file.place(path)) : error
  }
}

/** What is wrong with the names in a scenario, as text with places; undefined: nothing. */
export async function scenarioProblems(file: ScenarioFile): Promise<string | undefined> {
  const play = await import('./play-scenario.js')
  const { ScenarioError } = await import('./scenario/error.js')
  const { LabFileError } = await import('./inventory/lab-error.js')
  try {
    const problems = play.scenarioProblems(file.scenario)
    return problems.length === 0 ? undefined : new ScenarioError(problems, path => file.place(path)).message
  } catch (error) {
    if (error instanceof LabFileError) return `${file.place(['lab'])}: lab: ${error.message}`
    throw error
  }
}

/** Every fault that can be injected, for those who ask when no lab runs. */
export async function faultKinds(): Promise<FaultKind[]> {
  const { faults } = await import('./faults/index.js')
  const { faultKind } = await import('./fault-kinds.js')
  return faults.map(faultKind)
}

/** `did you mean X?` for a wrong name, or what there is. */
export function nearestName(wrong: string, known: readonly string[]): string {
  return nearestOr(wrong, known, 'there are')
}

/** Version of the installed package. */
export function productVersion(): string {
  return packageVersion()
}

async function openRealLab(request: OpenRequest): Promise<OpenLab> {
  const { openLab } = await import('./open-lab.js')
  return openLab(request)
}

/** The wished control port, or a free one when the default is taken by another lab. */
async function openControl(
  target: ControlTarget,
  request: OpenRequest,
): Promise<{ at: ListenAt, close(): Promise<void> }> {
  const { ControlServer } = await import('./doors/control/server.js')
  const { address, port } = request.settings.controlListen
  const onDefect = (error: unknown) => request.log(`control API: ${describe(error)}`)
  const open = async (wanted: number) => {
    const server = new ControlServer({ target, listen: { address, port: wanted }, onDefect })
    return { at: await server.open(), close: () => server.close() }
  }
  try {
    return await open(port ?? 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return open(0)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error)
}
