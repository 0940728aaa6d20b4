/** A node whose doors are open: one entry of `nodes` in the line of `up --json` (contract.md). */
export interface OpenedNode {
  readonly name: string
  readonly kind: 'vcenter' | 'esxi'
  /** Address that clients connect to. */
  readonly address: string
  readonly hostName: string
  /** URL of the API. */
  readonly sdk: string
  /** URL of the appliance's management API; vCenter only, when the door is open. */
  readonly vami?: string
  /** `address:port` of the console and NFC door; hosts only, when the door is open. */
  readonly authd?: string
  /** `address:port` of 902/udp, where a vCenter hears its hosts; when the door is open. */
  readonly heartbeats?: string
  /** `address:port` of the shell; when the door is open. */
  readonly ssh?: string
  readonly username: string
  readonly password: string
  /** SHA-1 of the certificate, `AA:BB:…`; empty without TLS. */
  readonly thumbprint: string
}
