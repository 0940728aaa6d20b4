/** Texts of the pages in the languages they speak; the first of the browser's that is known is taken. */
const texts = {
  en: {
    connecting: 'Connecting…', connected: 'Connected', ended: 'Closed',
    full: 'Full screen', again: 'Connect again',
    noVm: 'This page needs the id of a virtual machine (vmId).',
    ticketRefused: 'The session ticket was refused. It is good once; ask for a new link.',
    NoPermission: 'You may not open the console of this virtual machine.',
    InvalidPowerState: 'The virtual machine is not powered on.',
    HostNotConnected: 'The host of this virtual machine cannot be reached.',
    HostNotReachable: 'The host of this virtual machine cannot be reached.',
    ManagedObjectNotFound: 'There is no such virtual machine.',
    fault: name => `The server refused: ${name}.`,
    unreachable: 'The server does not answer.',
    closed: 'The console was closed by the host.',
    failed: host => `The console did not open. If this browser does not know the certificate of ${host} yet, `
      + 'open this link once, accept it, and connect again:',
  },
  es: {
    connecting: 'Conectando…', connected: 'Conectada', ended: 'Cerrada',
    full: 'Pantalla completa', again: 'Conectar de nuevo',
    noVm: 'Esta página necesita el identificador de una máquina virtual (vmId).',
    ticketRefused: 'El tique de sesión fue rechazado. Sirve una sola vez; pida un enlace nuevo.',
    NoPermission: 'No tiene permiso para abrir la consola de esta máquina virtual.',
    InvalidPowerState: 'La máquina virtual no está encendida.',
    HostNotConnected: 'No se puede llegar al host de esta máquina virtual.',
    HostNotReachable: 'No se puede llegar al host de esta máquina virtual.',
    ManagedObjectNotFound: 'Esa máquina virtual no existe.',
    fault: name => `El servidor lo rechazó: ${name}.`,
    unreachable: 'El servidor no responde.',
    closed: 'El host cerró la consola.',
    failed: host => `La consola no se abrió. Si este navegador aún no conoce el certificado de ${host}, `
      + 'abra este enlace una vez, acéptelo y conecte de nuevo:',
  },
  zh: {
    connecting: '正在连接…', connected: '已连接', ended: '已关闭',
    full: '全屏', again: '重新连接',
    noVm: '此页面需要虚拟机的标识(vmId)。',
    ticketRefused: '会话票据被拒绝。票据只能使用一次,请获取新的链接。',
    NoPermission: '您无权打开此虚拟机的控制台。',
    InvalidPowerState: '虚拟机未开机。',
    HostNotConnected: '无法连接此虚拟机所在的主机。',
    HostNotReachable: '无法连接此虚拟机所在的主机。',
    ManagedObjectNotFound: '没有这台虚拟机。',
    fault: name => `服务器拒绝了请求:${name}。`,
    unreachable: '服务器没有响应。',
    closed: '主机关闭了控制台。',
    failed: host => `控制台未能打开。如果浏览器尚未信任 ${host} 的证书,请打开此链接一次并接受,然后重新连接:`,
  },
}

/** The language of the page. */
export const language = navigator.languages.map(name => name.slice(0, 2)).find(name => name in texts) ?? 'en'

/** Its texts. */
export const text = texts[language]
