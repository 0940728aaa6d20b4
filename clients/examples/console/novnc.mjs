// The console page with noVNC in Chromium: opened by the link of `govc vm.console -h5` (where GOVC names
// the program), typed into, resized; its ticket is good once.
import { spawnSync } from 'node:child_process'
import { launch, picture, sameAsGuest, secondUse, typeAndSee, typeText } from './browser.mjs'
import { check, until, vcenter } from './lab.mjs'

const { LAB_VM = 'web-01', LAB_VC_URL, LAB_VC_THUMBPRINT, GOVC } = process.env

/** The link, as govc builds it: with a ticket of a session that goes on. */
async function link(node, vm) {
  const answer = await node.call('SessionManager', node.ref('sessionManager'), 'AcquireCloneTicket')
  const sessionTicket = /<returnval>([^<]+)</.exec(answer)[1]
  const url = new URL('/ui/webconsole.html', LAB_VC_URL)
  url.search = new URLSearchParams({
    vmId: vm, vmName: LAB_VM, serverGuid: '', host: url.hostname, sessionTicket, thumbprint: LAB_VC_THUMBPRINT,
  })
  return url.href
}

/** What govc prints; its own session has ended by then, and the ticket with it. */
function govcLink() {
  const { LAB_VC_USER, LAB_VC_PASSWORD } = process.env
  const { stdout, stderr } = spawnSync(GOVC, ['vm.console', '-h5', LAB_VM], {
    encoding: 'utf8',
    env: {
      ...process.env, GOVC_URL: LAB_VC_URL, GOVC_USERNAME: LAB_VC_USER, GOVC_PASSWORD: LAB_VC_PASSWORD, GOVC_INSECURE: 'true',
    },
  })
  return new URL(stdout.trim() || stderr)
}

const node = await vcenter()
const vm = await node.vm(LAB_VM)
const browser = await launch()
try {
  const context = await browser.newContext({ viewport: { width: 720, height: 440 } })
  const page = await context.newPage()
  const wrong = []
  page.on('console', message => { if (message.type() === 'error') wrong.push(message.text()) })
  page.on('pageerror', error => wrong.push(error.message))
  const sockets = []
  page.on('websocket', socket => sockets.push(socket.url()))
  const url = await link(node, vm)
  if (GOVC !== undefined) {
    const names = [...govcLink().searchParams.keys()].sort()
    check(names.join() === [...new URL(url).searchParams.keys()].sort().join(), `govc vm.console -h5 makes a link with ${names.join(', ')}`)
  }
  await page.goto(url)
  await page.locator('canvas').waitFor()
  await sameAsGuest(page, node, vm, 'noVNC')
  check(await page.title() === LAB_VM, 'the title names the VM')
  check(!page.url().includes('cst-VCT'), 'the ticket is gone from the address')
  check(!sockets[0].includes(new URL(LAB_VC_URL).host), 'the console is the host\'s, not vCenter\'s')
  await typeAndSee(page, node, vm, 'root')
  await page.mouse.click(300, 300)
  await typeText(page, '\nVMware1!\nhostname\nip a\ndf -h\n')
  await sameAsGuest(page, node, vm, 'logged in, after some commands')
  await picture(page, 'console-novnc.png')
  check(await secondUse(page, sockets[0]) === 1006, 'the second use of the console ticket is refused')
  await node.call('VirtualMachine', vm, 'SetScreenResolution', { width: 1024, height: 768 })
  await sameAsGuest(page, node, vm, 'another size')
  const size = await page.evaluate(() => [document.querySelector('canvas').width, document.querySelector('canvas').height].join('x'))
  check(size === '1024x768', 'the canvas has the new size')
  const others = wrong.filter(text => !text.includes('/ticket/'))
  check(others.length === 0, `the page met no other error${others.join('; ')}`)

  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(url)
  const message = () => stranger.locator('#message').textContent()
  await until(async () => (await message()).includes('ticket was refused'),
    'a link used twice: the page says that its ticket was refused')
  await node.call('VirtualMachine', vm, 'SetScreenResolution', { width: 720, height: 400 })
} finally {
  await browser.close()
}
