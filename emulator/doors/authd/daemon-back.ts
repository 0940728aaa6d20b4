/** What stands behind a host's authd: its accounts, its tickets, the consoles of its VMs. */
import type { Duplex } from 'node:stream'
import {
  consoleLogin, grantConsole, type ConsolePlace, type ConsoleUser, type GrantedConsole,
} from '../../services/tickets/console-login.js'
import type { ScreenFeed } from '../../wire/rfb/screen-feed.js'
import { serveRfb } from '../console/rfb-stream.js'
import type { AuthdDoorOptions, ConsoleLine } from './authd-door.js'
import type { ShownConsole } from './connection.js'
import type { DaemonBack } from './dialogue.js'

/** A console that is about to be shown. */
export interface DaemonConsole extends GrantedConsole {
  readonly feed: ScreenFeed
  readonly client: string
}

export interface DaemonBackOptions extends Omit<ConsolePlace, 'client'> {
  /** The screen of a VM of the host; undefined: it has none. */
  feedOf(vm: string): ScreenFeed | undefined
  /** Speaks RFB from ServerInit on; default: the server of all consoles. */
  show?(stream: Duplex, feed: ScreenFeed, line: ConsoleLine): ShownConsole
}

/** The two halves of a door that know of the lab: who is let in, and what he is shown. */
export function daemonBack(options: DaemonBackOptions): Pick<AuthdDoorOptions<DaemonConsole>, 'back' | 'serve'> {
  const { services, node, show = showRfb } = options
  return {
    back: client => backFor(options, client),
    serve: ({ vm, userName, issuer, feed, client }, stream, line) => {
      const remove = services.consoles.add({
        host: node.name, vm, label: 'mks', client, userName, issuer, kind: 'mks', drop: line.close,
      })
      const shown = show(stream, feed, line)
      return {
        thaw: () => shown.thaw(),
        stop: () => {
          shown.stop()
          remove()
        },
      }
    },
  }
}

function showRfb(stream: Duplex, feed: ScreenFeed, { frozen, slow, close }: ConsoleLine): ShownConsole {
  return serveRfb(stream, { feed, mode: 'serverInit', frozen, slow, end: close })
}

function backFor(options: DaemonBackOptions, client: string): Omit<DaemonBack<DaemonConsole>, 'thumbprint'> {
  const place: ConsolePlace = { services: options.services, node: options.node, client }
  let user: ConsoleUser | undefined
  return {
    login: (name, password) => {
      user = consoleLogin(place, name, password)
      return user !== undefined
    },
    connect: (path, service) => {
      if (service !== 'mks') return 'Only the service mks is available on this host.'
      const granted = grantConsole(place, user!, path)
      if (typeof granted === 'string') return granted
      const feed = options.feedOf(granted.vm)
      return feed === undefined ? 'The virtual machine has no screen.' : { ...granted, feed, client }
    },
  }
}
