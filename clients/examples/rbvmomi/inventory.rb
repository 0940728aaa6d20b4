# rbvmomi against vCenter: login, a walk through the inventory, a power cycle.
require 'rbvmomi'
require 'uri'

url = URI(ENV.fetch('LAB_VC_URL'))
vim = RbVmomi::VIM.connect(host: url.host, port: url.port, ssl: true, insecure: true,
                           user: ENV.fetch('LAB_VC_USER'), password: ENV.fetch('LAB_VC_PASSWORD'))
dc = vim.serviceInstance.find_datacenter('DC-01') or raise 'no datacenter'
vm = dc.find_vm('Production/web-01') or raise 'no VM'
puts "ok #{vm.name} is #{vm.runtime.powerState}"
vm.PowerOffVM_Task.wait_for_completion
raise 'still on' unless vm.runtime.powerState == 'poweredOff'
vm.PowerOnVM_Task.wait_for_completion
raise 'still off' unless vm.runtime.powerState == 'poweredOn'
puts 'ok power cycle'
begin
  vm.PowerOnVM_Task.wait_for_completion
  raise 'no fault'
rescue RbVmomi::Fault => e
  raise e unless e.fault.is_a?(RbVmomi::VIM::InvalidPowerState)
  puts 'ok InvalidPowerState'
end
vim.close
