/**
 * What `fauxsphere vcsim` asks for: the size of the peer's model and its manners
 * (peer-measured.md part 1, "Flags that the suite uses").
 */
export interface PeerModel {
  /** One ESXi host instead of a vCenter. */
  readonly esx: boolean
  readonly datacenters: number
  /** Clusters of a datacenter. */
  readonly clusters: number
  /** Hosts of a cluster. */
  readonly hosts: number
  readonly standaloneHosts: number
  readonly datastores: number
  /** VMs of a resource pool or standalone host. */
  readonly vms: number
  /** Child pools of a cluster. */
  readonly pools: number
  /** vApps of a cluster. */
  readonly apps: number
  readonly folders: number
  /** Storage pods of a datacenter. */
  readonly pods: number
  /** Distributed port groups of a datacenter. */
  readonly portgroups: number
  /** Port groups backed by NSX. */
  readonly nsxPortgroups: number
  /** Opaque networks of a datacenter. */
  readonly opaqueNetworks: number
  /** VMs are powered on. */
  readonly autostart: boolean
  /** Version label that is advertised; undefined: the product's own. */
  readonly apiVersion: string | undefined
  /** The only user that may log in; undefined: anybody. */
  readonly login: { readonly username: string, readonly password: string } | undefined
  /** Cookies say `Secure` without TLS too. */
  readonly secureCookies: boolean
  /** Each host has its own `summary.config.port`. */
  readonly uniqueHostPorts: boolean
  /** Key and certificate from the user, PEM. */
  readonly identity: { readonly key: string, readonly cert: string } | undefined
  /** Real milliseconds a call is held before it runs, by method name. */
  readonly delayMs: (method: string) => number
}
