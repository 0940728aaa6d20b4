/** Full names of guest ids (`guestFullName`); an id that is not here is shown as itself. */
export const guestNames: Readonly<Record<string, string>> = {
  otherGuest: 'Other (32-bit)',
  otherGuest64: 'Other (64-bit)',
  otherLinux64Guest: 'Other Linux (64-bit)',
  otherLinuxGuest: 'Other Linux (32-bit)',
  other3xLinux64Guest: 'Other 3.x Linux (64-bit)',
  other4xLinux64Guest: 'Other 4.x Linux (64-bit)',
  other5xLinux64Guest: 'Other 5.x Linux (64-bit)',
  other6xLinux64Guest: 'Other 6.x or later Linux (64-bit)',
  debian10_64Guest: 'Debian GNU/Linux 10 (64-bit)',
  debian11_64Guest: 'Debian GNU/Linux 11 (64-bit)',
  debian12_64Guest: 'Debian GNU/Linux 12 (64-bit)',
  ubuntu64Guest: 'Ubuntu Linux (64-bit)',
  rhel7_64Guest: 'Red Hat Enterprise Linux 7 (64-bit)',
  rhel8_64Guest: 'Red Hat Enterprise Linux 8 (64-bit)',
  rhel9_64Guest: 'Red Hat Enterprise Linux 9 (64-bit)',
  centos7_64Guest: 'CentOS 7 (64-bit)',
  sles15_64Guest: 'SUSE Linux Enterprise 15 (64-bit)',
  coreos64Guest: 'CoreOS Linux (64-bit)',
  vmwarePhoton64Guest: 'VMware Photon OS (64-bit)',
  windows9_64Guest: 'Microsoft Windows 10 (64-bit)',
  windows11_64Guest: 'Microsoft Windows 11 (64-bit)',
  windows9Server64Guest: 'Microsoft Windows Server 2016 or later (64-bit)',
  windows2019srv_64Guest: 'Microsoft Windows Server 2019 (64-bit)',
  windows2019srvNext_64Guest: 'Microsoft Windows Server 2022 (64-bit)',
  windows2022srvNext_64Guest: 'Microsoft Windows Server 2025 (64-bit)',
  vmkernel7Guest: 'VMware ESXi 7.x',
  vmkernel8Guest: 'VMware ESXi 8.0 or later',
  freebsd13_64Guest: 'FreeBSD 13 (64-bit)',
}

/** Full name of a guest id. */
export function guestFullName(guestId: string): string {
  return guestNames[guestId] ?? guestId
}
