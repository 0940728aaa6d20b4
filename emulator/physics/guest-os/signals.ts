declare module '../../world/signals.js' {
  interface SignalMap {
    /**
     * Keys of a VM's keyboard go down, or up where the code is negative: scan codes of PC set 1,
     * extended keys with 0x100 added (protocols.md 7.5).
     */
    'guest.key': { readonly node: string, readonly vm: string, readonly scanCodes: readonly number[] }
    /** Who shows a VM's screen would like another size, in pixels. */
    'guest.resize': { readonly node: string, readonly vm: string, readonly width: number, readonly height: number }
    /** Somebody at a guest's keyboard asked it to go down or to restart. */
    'guest.typed': { readonly node: string, readonly vm: string, readonly wish: 'shutdown' | 'reboot' }
    /** The console service of a host hangs: its consoles are black; or it was started again. */
    'console.service': { readonly host: string, readonly state: 'hung' | 'running' }
  }
  interface JobMap {
    /** A guest's `ping` sends its next packet. */
    'guest.ping': { readonly node: string, readonly vm: string }
  }
}

export {}
