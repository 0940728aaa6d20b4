// VMware's own console client for browsers (the WebMKS SDK) in Chromium, on a page that this check serves.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { launch, picture, sameAsGuest, secondUse, typeAndSee, typeText } from './browser.mjs'
import { check, until, vcenter } from './lab.mjs'

const { LAB_VM = 'web-02' } = process.env
const library = readFileSync(createRequire(import.meta.url).resolve('opennebula-wmks'))
const html = `<!DOCTYPE html><title>WebMKS</title>
<style>body{margin:0;background:#223}#wmks{position:relative;width:800px;height:600px}</style>
<div id="wmks"></div><script type="module">
import WMKS from '/wmks.js'
window.states = []
window.wmks = WMKS.createWMKS('wmks', { rescale: false, changeResolution: true, position: 1 })
  .register(WMKS.CONST.Events.CONNECTION_STATE_CHANGE, (event, data) => window.states.push(data))
</script>`

const server = createServer((req, res) => {
  const script = req.url === '/wmks.js'
  res.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' }).end(script ? library : html)
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const node = await vcenter()
const vm = await node.vm(LAB_VM)
const browser = await launch()
try {
  const page = await (await browser.newContext({ viewport: { width: 800, height: 600 } })).newPage()
  const wrong = []
  page.on('pageerror', error => wrong.push(error.message))
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.waitForFunction(() => window.wmks !== undefined)
  const url = await node.consoleUrl(vm)
  const state = () => page.evaluate(() => window.states.at(-1)?.state)
  await page.evaluate(address => window.wmks.connect(address), url)
  await until(async () => await state() === 'connected', 'the SDK says that it is connected')
  await sameAsGuest(page, node, vm, 'WebMKS')
  await page.locator('canvas').first().click()
  await typeAndSee(page, node, vm, 'Root!')
  for (let count = 0; count < 5; count += 1) await page.keyboard.press('Backspace')
  await typeText(page, 'root\nVMware1!\nhostname\necho "It\'s #1 & <{[~]}>"\ndmesg\n')
  await sameAsGuest(page, node, vm, 'logged in, after some commands')
  await page.evaluate(() => window.wmks.setRemoteScreenSize(800, 600))
  const size = () => page.evaluate(() => { const { width, height } = window.wmks.getRemoteScreenSize(); return `${width}x${height}` })
  await until(async () => await size() === '800x600', 'the guest follows the size that the SDK asks for')
  await sameAsGuest(page, node, vm, 'another size')
  await picture(page, 'console-wmks.png')
  check(await secondUse(page, url) === 1006, 'the second use of the ticket is refused')
  await node.call('VirtualMachine', vm, 'SetScreenResolution', { width: 720, height: 400 })
  await sameAsGuest(page, node, vm, 'the size of before')
  await node.call('VirtualMachine', vm, 'DropConnections')
  await until(async () => await state() === 'disconnected', 'DropConnections ends it')
  check((await page.evaluate(() => window.states.at(-1))).code === 1000, 'with code 1000')
  check(wrong.length === 0, `the page met no error${wrong.join('; ')}`)
} finally {
  await browser.close()
  server.close()
}
