import type { ElementDescription, PerfCounterInfo } from '../../schema/generated/types.js'
import type { NodeKind } from '../../services/nodes.js'
import { deepFreeze } from '../../world/freeze.js'
import { element, wordsOf } from './manager-descriptions.js'

/**
 * The counters of vCenter and of a host by group (operations.md appendices A and B). A counter is
 * `name unit/type rollup=id(level)`: type a absolute, d delta, r rate; rollup avg, sum, min, max,
 * lat(est), none.
 */
const vcenterTable: Readonly<Record<string, string>> = {
  cpu:
    'usage %/r none=1(4),avg=2(1),min=3(4),max=4(4)'
    + '; usagemhz MHz/r none=5(4),avg=6(1),min=7(4),max=8(4); reservedCapacity MHz/a avg=9(2)'
    + '; system ms/d sum=10(3); wait ms/d sum=11(3); ready ms/d sum=12(1); idle ms/d sum=13(2)'
    + '; used ms/d sum=14(3); capacity.provisioned MHz/a avg=15(4)'
    + '; capacity.entitlement MHz/a avg=16(4); capacity.usage MHz/r avg=17(4)'
    + '; capacity.demand MHz/a avg=18(4); capacity.contention %/r avg=19(4)'
    + '; corecount.provisioned num/a avg=20(4); corecount.usage num/a avg=21(4)'
    + '; corecount.contention %/r avg=22(4); cpuentitlement MHz/a lat=213(2)'
    + '; totalmhz MHz/r avg=278(1); swapwait ms/d sum=386(3)'
    + '; utilization %/r none=387(4),avg=388(2),max=389(4),min=390(4)'
    + '; coreUtilization %/r none=391(4),avg=392(2),max=393(4),min=394(4)'
    + '; totalCapacity MHz/a avg=395(2); latency %/r avg=396(2); entitlement MHz/a lat=397(2)'
    + '; demand MHz/a avg=398(2); costop ms/d sum=399(2); maxlimited ms/d sum=400(2)'
    + '; overlap ms/d sum=401(3); run ms/d sum=402(2); demandEntitlementRatio %/a lat=403(4)'
    + '; readiness %/r avg=404(4)',
  mem:
    'usage %/a none=23(4),avg=24(1),min=25(4),max=26(4); reservedCapacity MB/a avg=27(2)'
    + '; granted KB/a none=28(4),avg=29(2),min=30(4),max=31(4)'
    + '; active KB/a none=32(4),avg=33(2),min=34(4),max=35(4)'
    + '; shared KB/a none=36(4),avg=37(2),min=38(4),max=39(4)'
    + '; zero KB/a none=40(4),avg=41(2),min=42(4),max=43(4)'
    + '; unreserved KB/a none=44(4),avg=45(2),min=46(4),max=47(4)'
    + '; swapused KB/a none=48(4),avg=49(2),min=50(4),max=51(4)'
    + '; swapunreserved KB/a none=52(4),avg=53(4),min=54(4),max=55(4)'
    + '; sharedcommon KB/a none=56(4),avg=57(2),min=58(4),max=59(4)'
    + '; heap KB/a none=60(4),avg=61(4),min=62(4),max=63(4)'
    + '; heapfree KB/a none=64(4),avg=65(4),min=66(4),max=67(4); state num/a lat=68(2)'
    + '; swapped KB/a none=69(4),avg=70(2),min=71(4),max=72(4)'
    + '; swaptarget KB/a none=73(4),avg=74(2),min=75(4),max=76(4)'
    + '; swapIn KB/a none=77(4),avg=78(2),min=79(4),max=80(4)'
    + '; swapOut KB/a none=81(4),avg=82(2),min=83(4),max=84(4); swapinRate KBps/r avg=85(1)'
    + '; swapoutRate KBps/r avg=86(1); vmmemctl KB/a none=89(4),avg=90(1),min=91(4),max=92(4)'
    + '; vmmemctltarget KB/a none=93(4),avg=94(2),min=95(4),max=96(4)'
    + '; consumed KB/a none=97(4),avg=98(1),min=99(4),max=100(4)'
    + '; overhead KB/a none=101(4),avg=102(1),min=103(4),max=104(4); compressed KB/a avg=105(2)'
    + '; compressionRate KBps/r avg=106(2); decompressionRate KBps/r avg=107(2)'
    + '; capacity.provisioned KB/a avg=108(4); capacity.entitlement KB/a avg=109(4)'
    + '; capacity.usable KB/a avg=110(4); capacity.usage KB/a avg=111(4)'
    + '; capacity.contention %/r avg=112(4); capacity.usage.vm KB/a avg=113(2)'
    + '; capacity.usage.vmOvrhd KB/a avg=114(2); capacity.usage.vmkOvrhd KB/a avg=115(2)'
    + '; capacity.usage.userworld KB/a avg=116(2); reservedCapacity.vm KB/a avg=117(2)'
    + '; reservedCapacity.vmOvhd KB/a avg=118(2); reservedCapacity.vmkOvrhd KB/a avg=119(2)'
    + '; reservedCapacity.userworld KB/a avg=120(2); reservedCapacityPct %/a avg=121(4)'
    + '; consumed.vms KB/a avg=122(2); consumed.userworlds KB/a avg=123(2)'
    + '; mementitlement MB/a lat=214(2); totalmb MB/a avg=279(1)'
    + '; swapin KB/a none=405(4),avg=406(2),max=407(4),min=408(4)'
    + '; swapout KB/a none=409(4),avg=410(2),max=411(4),min=412(4)'
    + '; sysUsage KB/a none=413(4),avg=414(2),max=415(4),min=416(4)'
    + '; activewrite KB/a avg=417(2); overheadMax KB/a avg=418(2)'
    + '; totalCapacity MB/a avg=419(2); zipped KB/a lat=420(2); zipSaved KB/a lat=421(2)'
    + '; latency %/a avg=422(2); entitlement KB/a avg=423(2); lowfreethreshold KB/a avg=424(2)'
    + '; llSwapUsed KB/a none=425(4),avg=429(4),max=430(4),min=431(4)'
    + '; llSwapInRate KBps/r avg=426(2); llSwapOutRate KBps/r avg=427(2)'
    + '; overheadTouched KB/a avg=428(4)'
    + '; llSwapIn KB/a none=432(4),avg=433(4),max=434(4),min=435(4)'
    + '; llSwapOut KB/a none=436(4),avg=437(4),max=438(4),min=439(4)'
    + '; vmfs.pbc.size MB/a lat=440(4); vmfs.pbc.sizeMax MB/a lat=441(4)'
    + '; vmfs.pbc.workingSet TB/a lat=442(4); vmfs.pbc.workingSetMax TB/a lat=443(4)'
    + '; vmfs.pbc.overhead KB/a lat=444(4); vmfs.pbc.capMissRatio %/a lat=445(4)',
  managementAgent:
    'swapOut KBps/r avg=87(3); swapIn KBps/r avg=88(3); memUsed KB/a avg=517(3)'
    + '; swapUsed KB/a avg=518(3); cpuUsage MHz/r avg=519(3)',
  disk:
    'usage KBps/r none=124(4),avg=125(1),min=126(4),max=127(4); numberRead num/d sum=128(3)'
    + '; numberWrite num/d sum=129(3); read KBps/r avg=130(2); write KBps/r avg=131(2)'
    + '; totalLatency ms/a avg=132(3); maxTotalLatency ms/a lat=133(1)'
    + '; commandsAborted num/d sum=134(2); busResets num/d sum=135(2)'
    + '; numberReadAveraged num/r avg=136(1); numberWriteAveraged num/r avg=137(1)'
    + '; throughput.usage KBps/r avg=138(4); throughput.contention ms/a avg=139(4)'
    + '; scsiReservationConflicts num/d sum=140(2); scsiReservationCnflctsPct %/a avg=141(4)'
    + '; used KB/a lat=281(1); provisioned KB/a lat=282(1); capacity KB/a lat=283(1)'
    + '; unshared KB/a lat=284(1); deltaused KB/a lat=285(2)'
    + '; capacity.provisioned KB/a avg=286(4); capacity.usage KB/a avg=287(4)'
    + '; capacity.contention %/a avg=288(4); commands num/d sum=446(2)'
    + '; deviceReadLatency ms/a avg=447(2); kernelReadLatency ms/a avg=448(2)'
    + '; totalReadLatency ms/a avg=449(2); queueReadLatency ms/a avg=450(2)'
    + '; deviceWriteLatency ms/a avg=451(2); kernelWriteLatency ms/a avg=452(2)'
    + '; totalWriteLatency ms/a avg=453(2); queueWriteLatency ms/a avg=454(2)'
    + '; deviceLatency ms/a avg=455(1); kernelLatency ms/a avg=456(2)'
    + '; queueLatency ms/a avg=457(2); maxQueueDepth num/a avg=458(1)'
    + '; commandsAveraged num/r avg=459(2)',
  net:
    'usage KBps/r none=142(4),avg=143(1),min=144(4),max=145(4); packetsRx num/d sum=146(2)'
    + '; packetsTx num/d sum=147(2); received KBps/r avg=148(2); transmitted KBps/r avg=149(2)'
    + '; throughput.provisioned KBps/a avg=150(4); throughput.usable KBps/a avg=151(4)'
    + '; throughput.usage KBps/r avg=152(4); throughput.contention num/d sum=153(4)'
    + '; throughput.packetsPerSec num/r avg=154(4); throughput.usage.vm KBps/r avg=205(3)'
    + '; throughput.usage.nfs KBps/r avg=206(3); throughput.usage.vmotion KBps/r avg=207(3)'
    + '; throughput.usage.ft KBps/r avg=208(3); throughput.usage.iscsi KBps/r avg=209(3)'
    + '; throughput.usage.hbr KBps/r avg=210(3); throughput.pktsTx num/a avg=217(3)'
    + '; throughput.pktsTxMulticast num/a avg=218(3)'
    + '; throughput.pktsTxBroadcast num/a avg=219(3); throughput.pktsRx num/a avg=220(3)'
    + '; throughput.pktsRxMulticast num/a avg=221(3)'
    + '; throughput.pktsRxBroadcast num/a avg=222(3); throughput.droppedTx num/a avg=223(3)'
    + '; throughput.droppedRx num/a avg=224(3); throughput.vds.pktsTx num/a avg=225(3)'
    + '; throughput.vds.pktsTxMcast num/a avg=226(3)'
    + '; throughput.vds.pktsTxBcast num/a avg=227(3); throughput.vds.pktsRx num/a avg=228(3)'
    + '; throughput.vds.pktsRxMcast num/a avg=229(3)'
    + '; throughput.vds.pktsRxBcast num/a avg=230(3); throughput.vds.droppedTx num/a avg=231(3)'
    + '; throughput.vds.droppedRx num/a avg=232(3); throughput.vds.lagTx num/a avg=233(3)'
    + '; throughput.vds.lagTxMcast num/a avg=234(3); throughput.vds.lagTxBcast num/a avg=235(3)'
    + '; throughput.vds.lagRx num/a avg=236(3); throughput.vds.lagRxMcast num/a avg=237(3)'
    + '; throughput.vds.lagRxBcast num/a avg=238(3); throughput.vds.lagDropTx num/a avg=239(3)'
    + '; throughput.vds.lagDropRx num/a avg=240(3); throughput.vds.txTotal num/a avg=241(3)'
    + '; throughput.vds.txTotal num/d sum=360(4); throughput.vds.txNoUnicast num/a avg=242(3)'
    + '; throughput.vds.txNoUnicast num/d sum=361(4)'
    + '; throughput.vds.txCrsRouter num/a avg=243(3)'
    + '; throughput.vds.txCrsRouter num/d sum=362(4); throughput.vds.txDrop num/a avg=244(3)'
    + '; throughput.vds.txDrop num/d sum=363(4); throughput.vds.rxTotal num/a avg=245(3)'
    + '; throughput.vds.rxTotal num/d sum=364(4); throughput.vds.rxDestErr num/a avg=246(3)'
    + '; throughput.vds.rxDestErr num/d sum=365(4); throughput.vds.rxDrop num/a avg=247(3)'
    + '; throughput.vds.rxDrop num/d sum=366(4); throughput.vds.macFlood num/a avg=248(3)'
    + '; throughput.vds.macFlood num/d sum=367(4); throughput.vds.macLKUPFull num/a avg=249(3)'
    + '; throughput.vds.macLKUPFull num/d sum=368(4)'
    + '; throughput.vds.macUPDTFull num/a avg=250(3)'
    + '; throughput.vds.macUPDTFull num/d sum=369(4); throughput.vds.arpFound num/a avg=251(3)'
    + '; throughput.vds.arpFound num/d sum=370(4); throughput.vds.arpUnknown num/a avg=252(3)'
    + '; throughput.vds.arpUnknown num/d sum=371(4)'
    + '; throughput.vds.arpLKUPFull num/a avg=253(3)'
    + '; throughput.vds.arpLKUPFull num/d sum=372(4); throughput.vds.arpWait num/a avg=254(3)'
    + '; throughput.vds.arpWait num/d sum=373(4); throughput.vds.arpTimeout num/a avg=255(3)'
    + '; throughput.vds.arpTimeout num/d sum=374(4); droppedRx num/d sum=460(2)'
    + '; droppedTx num/d sum=461(2); bytesRx KBps/r avg=462(2); bytesTx KBps/r avg=463(2)'
    + '; broadcastRx num/d sum=464(2); broadcastTx num/d sum=465(2)'
    + '; multicastRx num/d sum=466(2); multicastTx num/d sum=467(2); errorsRx num/d sum=468(2)'
    + '; errorsTx num/d sum=469(2); unknownProtos num/d sum=470(2)'
    + '; pnicBytesRx KBps/r avg=471(4); pnicBytesTx KBps/r avg=472(4)',
  sys:
    'uptime s/a lat=155(1); heartbeat num/d sum=156(1); heartbeat num/a lat=473(4)'
    + '; diskUsage %/a lat=474(3)'
    + '; resourceCpuUsage MHz/r none=475(4),avg=476(3),max=477(4),min=478(4)'
    + '; resourceMemTouched KB/a lat=479(3); resourceMemMapped KB/a lat=480(3)'
    + '; resourceMemShared KB/a lat=481(3); resourceMemSwapped KB/a lat=482(3)'
    + '; resourceMemOverhead KB/a lat=483(3); resourceMemCow KB/a lat=484(3)'
    + '; resourceMemZero KB/a lat=485(3); resourceCpuRun1 %/a lat=486(3)'
    + '; resourceCpuAct1 %/a lat=487(3); resourceCpuMaxLimited1 %/a lat=488(3)'
    + '; resourceCpuRun5 %/a lat=489(3); resourceCpuAct5 %/a lat=490(3)'
    + '; resourceCpuMaxLimited5 %/a lat=491(3); resourceCpuAllocMin MHz/a lat=492(3)'
    + '; resourceCpuAllocMax MHz/a lat=493(3); resourceCpuAllocShares num/a lat=494(3)'
    + '; resourceMemAllocMin KB/a lat=495(3); resourceMemAllocMax KB/a lat=496(3)'
    + '; resourceMemAllocShares num/a lat=497(3); osUptime s/a lat=498(4)'
    + '; resourceMemConsumed KB/a lat=499(4); resourceFdUsage num/a lat=500(4)',
  power:
    'power W/r avg=157(2); powerCap W/a avg=158(3); energy J/d sum=159(3)'
    + '; capacity.usagePct %/a avg=160(4); capacity.usable W/a avg=211(4)'
    + '; capacity.usage W/a avg=212(4)',
  storageAdapter:
    'commandsAveraged num/r avg=161(2); numberReadAveraged num/r avg=162(2)'
    + '; numberWriteAveraged num/r avg=163(2); read KBps/r avg=164(2); write KBps/r avg=165(2)'
    + '; totalReadLatency ms/a avg=166(2); totalWriteLatency ms/a avg=167(2)'
    + '; maxTotalLatency ms/a lat=168(3); throughput.cont ms/a avg=169(4)'
    + '; OIOsPct %/a avg=170(4); outstandingIOs num/a avg=197(2); queued num/a avg=198(2)'
    + '; queueDepth num/a avg=199(2); queueLatency ms/a avg=200(2)'
    + '; throughput.usag KBps/r avg=201(4)',
  virtualDisk:
    'numberReadAveraged num/r avg=171(1); numberWriteAveraged num/r avg=172(1)'
    + '; read KBps/r avg=173(2); write KBps/r avg=174(2); totalReadLatency ms/a avg=175(1)'
    + '; totalWriteLatency ms/a avg=176(1); throughput.cont ms/a avg=177(4)'
    + '; throughput.usage KBps/r avg=194(4); commandsAborted num/d sum=195(2)'
    + '; busResets num/d sum=196(2); readOIO num/a lat=344(2); writeOIO num/a lat=345(2)'
    + '; readLoadMetric num/a lat=346(2); writeLoadMetric num/a lat=347(2)'
    + '; readIOSize num/a lat=527(4); writeIOSize num/a lat=528(4); smallSeeks num/a lat=529(4)'
    + '; mediumSeeks num/a lat=530(4); largeSeeks num/a lat=531(4)'
    + '; readLatencyUS us/a lat=532(4); writeLatencyUS us/a lat=533(4)'
    + '; vFlashCacheIops num/a lat=534(4); vFlashCacheLatency us/a lat=535(4)'
    + '; vFlashCacheThroughput num/a lat=536(4)',
  datastore:
    'numberReadAveraged num/r avg=178(1); numberWriteAveraged num/r avg=179(1)'
    + '; read KBps/r avg=180(2); write KBps/r avg=181(2); totalReadLatency ms/a avg=182(1)'
    + '; totalWriteLatency ms/a avg=183(1); maxTotalLatency ms/a lat=184(3)'
    + '; datastoreIops num/a avg=185(1); sizeNormalizedDatastoreLatency us/a avg=186(1)'
    + '; throughput.usage KBps/a avg=187(4); throughput.contention ms/a avg=188(4)'
    + '; busResets num/d sum=189(2); commandsAborted num/d sum=190(2)'
    + '; siocActiveTimePercentage %/a avg=191(1); datastoreReadBytes num/a lat=349(2)'
    + '; datastoreWriteBytes num/a lat=350(2); datastoreReadIops num/a lat=351(1)'
    + '; datastoreWriteIops num/a lat=352(1); datastoreReadOIO num/a lat=353(1)'
    + '; datastoreWriteOIO num/a lat=354(1); datastoreNormalReadLatency num/a lat=355(2)'
    + '; datastoreNormalWriteLatency num/a lat=356(2); datastoreReadLoadMetric num/a lat=357(4)'
    + '; datastoreWriteLoadMetric num/a lat=358(4); datastoreVMObservedLatency us/a lat=359(1)'
    + '; datastoreMaxQueueDepth num/a lat=537(1)',
  storagePath:
    'throughput.cont ms/a avg=192(4); maxTotalLatency ms/a lat=193(3)'
    + '; busResets num/d sum=202(2); commandsAborted num/d sum=203(2)'
    + '; throughput.usage KBps/r avg=204(4); commandsAveraged num/r avg=520(3)'
    + '; numberReadAveraged num/r avg=521(3); numberWriteAveraged num/r avg=522(3)'
    + '; read KBps/r avg=523(3); write KBps/r avg=524(3); totalReadLatency ms/a avg=525(3)'
    + '; totalWriteLatency ms/a avg=526(3)',
  clusterServices:
    'cpufairness num/a lat=215(1); memfairness num/a lat=216(1)'
    + '; effectivecpu MHz/r avg=276(1); effectivemem MB/a avg=277(1); failover num/a lat=280(1)',
  vmop:
    'numPoweron num/a lat=256(1); numPoweroff num/a lat=257(1); numSuspend num/a lat=258(1)'
    + '; numReset num/a lat=259(1); numRebootGuest num/a lat=260(1)'
    + '; numStandbyGuest num/a lat=261(1); numShutdownGuest num/a lat=262(1)'
    + '; numCreate num/a lat=263(1); numDestroy num/a lat=264(1); numRegister num/a lat=265(1)'
    + '; numUnregister num/a lat=266(1); numReconfigure num/a lat=267(1)'
    + '; numClone num/a lat=268(1); numDeploy num/a lat=269(1); numChangeHost num/a lat=270(1)'
    + '; numChangeDS num/a lat=271(1); numChangeHostDS num/a lat=272(1)'
    + '; numVMotion num/a lat=273(1); numSVMotion num/a lat=274(1)'
    + '; numXVMotion num/a lat=275(1)',
  vcDebugInfo:
    'activationlatencystats ms/a max=289(4),min=290(4),sum=291(1)'
    + '; activationstats num/a max=292(4),min=293(4),sum=294(1)'
    + '; hostsynclatencystats ms/a max=302(4),min=303(4),sum=304(1)'
    + '; hostsyncstats num/a max=305(4),min=306(4),sum=307(1)'
    + '; inventorystats num/a max=308(4),min=309(4),sum=310(1)'
    + '; lockstats num/a max=311(4),min=312(4),sum=313(1)'
    + '; lrostats num/a max=314(4),min=315(4),sum=316(1)'
    + '; miscstats num/a max=317(4),min=318(4),sum=319(1)'
    + '; morefregstats num/a max=320(4),min=321(4),sum=322(1)'
    + '; scoreboard num/a max=329(4),min=330(4),sum=331(3)'
    + '; sessionstats num/a max=332(4),min=333(4),sum=334(1)'
    + '; systemstats num/a max=336(4),min=337(4),sum=338(1)'
    + '; vcservicestats num/a max=340(4),min=341(4),sum=342(1)',
  vcResources:
    'buffersz KB/a avg=295(4); cachesz KB/a avg=296(4); ctxswitchesrate num/r avg=297(1)'
    + '; diskreadsectorrate num/r avg=298(4); diskreadsrate num/r avg=299(1)'
    + '; diskwritesectorrate num/r avg=300(4); diskwritesrate num/r avg=301(1)'
    + '; packetrecvrate num/r avg=323(1); packetsentrate num/r avg=324(1)'
    + '; systemcpuusage %/r avg=325(1); pagefaultrate num/r avg=326(1)'
    + '; physicalmemusage KB/a avg=327(1); priviledgedcpuusage %/r avg=328(1)'
    + '; syscallsrate num/r avg=335(1); usercpuusage %/r avg=339(1)'
    + '; virtualmemusage KB/a avg=343(1)',
  rescpu:
    'actav1 %/a lat=348(3); actpk1 %/a lat=501(3); runav1 %/a lat=502(3)'
    + '; actav5 %/a lat=503(3); actpk5 %/a lat=504(3); runav5 %/a lat=505(3)'
    + '; actav15 %/a lat=506(3); actpk15 %/a lat=507(3); runav15 %/a lat=508(3)'
    + '; runpk1 %/a lat=509(3); maxLimited1 %/a lat=510(3); runpk5 %/a lat=511(3)'
    + '; maxLimited5 %/a lat=512(3); runpk15 %/a lat=513(3); maxLimited15 %/a lat=514(3)'
    + '; sampleCount num/a lat=515(3); samplePeriod ms/a lat=516(3)',
  hbr: 'hbrNumVms num/a avg=538(4); hbrNetRx KBps/r avg=539(4); hbrNetTx KBps/r avg=540(4)',
  vflashModule: 'numActiveVMDKs num/a lat=541(4)',
  vsanDomObj:
    'readIops num/r avg=542(4); readThroughput KBps/r avg=543(4)'
    + '; readAvgLatency ms/a avg=544(4); readMaxLatency ms/a lat=545(4)'
    + '; readCacheHitRate %/a lat=546(4); readCongestion num/r avg=547(4)'
    + '; writeIops num/r avg=548(4); writeThroughput KBps/r avg=549(4)'
    + '; writeAvgLatency ms/a avg=550(4); writeMaxLatency ms/a lat=551(4)'
    + '; writeCongestion num/r avg=552(4); recoveryWriteIops num/r avg=553(4)'
    + '; recoveryWriteThroughput KBps/r avg=554(4); recoveryWriteAvgLatency ms/a avg=555(4)'
    + '; recoveryWriteMaxLatency ms/a lat=556(4); recoveryWriteCongestion num/r avg=557(4)',
  gpu:
    'utilization %/a none=558(4),avg=559(4),max=560(4),min=561(4)'
    + '; mem.used KB/a none=562(4),avg=563(4),max=564(4),min=565(4)'
    + '; mem.usage %/a none=566(4),avg=567(4),max=568(4),min=569(4); temperature C/a avg=570(4)',
  pmem: 'available.reservation MB/a lat=571(4)',
}

const hostTable: Readonly<Record<string, string>> = {
  cpu:
    'usage %/r none=0,avg=1,max=2,min=3; usagemhz MHz/r none=4,avg=5,max=6,min=7'
    + '; reservedCapacity MHz/a avg=8; system ms/d sum=9; wait ms/d sum=10; ready ms/d sum=11'
    + '; used ms/d sum=12; idle ms/d sum=13; swapwait ms/d sum=14'
    + '; utilization %/r none=15,avg=16,max=17,min=18'
    + '; coreUtilization %/r none=19,avg=20,max=21,min=22; totalCapacity MHz/a avg=23'
    + '; latency %/r avg=24; entitlement MHz/a lat=25; demand MHz/a avg=26; costop ms/d sum=27'
    + '; maxlimited ms/d sum=28; overlap ms/d sum=29; run ms/d sum=30'
    + '; demandEntitlementRatio %/a lat=31; readiness %/r avg=32',
  mem:
    'usage %/a none=65536,avg=65537,max=65538,min=65539'
    + '; granted KB/a none=65540,avg=65541,max=65542,min=65543'
    + '; active KB/a none=65544,avg=65545,max=65546,min=65547'
    + '; shared KB/a none=65548,avg=65549,max=65550,min=65551'
    + '; zero KB/a none=65552,avg=65553,max=65554,min=65555'
    + '; unreserved KB/a none=65556,avg=65557,max=65558,min=65559'
    + '; swapused KB/a none=65560,avg=65561,max=65562,min=65563'
    + '; sharedcommon KB/a none=65568,avg=65569,max=65570,min=65571'
    + '; heap KB/a none=65572,avg=65573,max=65574,min=65575'
    + '; heapfree KB/a none=65576,avg=65577,max=65578,min=65579; state num/a lat=65580'
    + '; vmmemctl KB/a none=65581,avg=65582,max=65583,min=65584'
    + '; overhead KB/a none=65585,avg=65586,max=65587,min=65588'
    + '; reservedCapacity MB/a avg=65589; swapped KB/a none=65590,avg=65591,max=65592,min=65593'
    + '; swaptarget KB/a none=65594,avg=65595,max=65596,min=65597'
    + '; swapin KB/a none=65598,avg=65599,max=65600,min=65601'
    + '; swapout KB/a none=65602,avg=65603,max=65604,min=65605'
    + '; vmmemctltarget KB/a none=65606,avg=65607,max=65608,min=65609'
    + '; consumed KB/a none=65610,avg=65611,max=65612,min=65613'
    + '; sysUsage KB/a none=65614,avg=65615,max=65616,min=65617; swapinRate KBps/r avg=65618'
    + '; swapoutRate KBps/r avg=65619; activewrite KB/a avg=65620; compressed KB/a avg=65621'
    + '; compressionRate KBps/r avg=65622; decompressionRate KBps/r avg=65623'
    + '; overheadMax KB/a avg=65624; totalCapacity MB/a avg=65625; zipped KB/a lat=65626'
    + '; zipSaved KB/a lat=65627; latency %/a avg=65628; entitlement KB/a avg=65629'
    + '; lowfreethreshold KB/a avg=65630'
    + '; llSwapUsed KB/a none=65631,avg=65635,max=65636,min=65637'
    + '; llSwapInRate KBps/r avg=65632; llSwapOutRate KBps/r avg=65633'
    + '; overheadTouched KB/a avg=65634; llSwapIn KB/a none=65638,avg=65639,max=65640,min=65641'
    + '; llSwapOut KB/a none=65642,avg=65643,max=65644,min=65645; vmfs.pbc.size MB/a lat=65646'
    + '; vmfs.pbc.sizeMax MB/a lat=65647; vmfs.pbc.workingSet TB/a lat=65648'
    + '; vmfs.pbc.workingSetMax TB/a lat=65649; vmfs.pbc.overhead KB/a lat=65650'
    + '; vmfs.pbc.capMissRatio %/a lat=65651',
  disk:
    'usage KBps/r none=131072,avg=131073,max=131074,min=131075; numberRead num/d sum=131076'
    + '; numberWrite num/d sum=131077; read KBps/r avg=131078; write KBps/r avg=131079'
    + '; commands num/d sum=131080; commandsAborted num/d sum=131081'
    + '; busResets num/d sum=131082; deviceReadLatency ms/a avg=131083'
    + '; kernelReadLatency ms/a avg=131084; totalReadLatency ms/a avg=131085'
    + '; queueReadLatency ms/a avg=131086; deviceWriteLatency ms/a avg=131087'
    + '; kernelWriteLatency ms/a avg=131088; totalWriteLatency ms/a avg=131089'
    + '; queueWriteLatency ms/a avg=131090; deviceLatency ms/a avg=131091'
    + '; kernelLatency ms/a avg=131092; totalLatency ms/a avg=131093'
    + '; queueLatency ms/a avg=131094; maxTotalLatency ms/a lat=131095'
    + '; maxQueueDepth num/a avg=131096; numberReadAveraged num/r avg=131097'
    + '; numberWriteAveraged num/r avg=131098; commandsAveraged num/r avg=131099',
  net:
    'usage KBps/r none=196608,avg=196609,max=196610,min=196611; packetsRx num/d sum=196612'
    + '; packetsTx num/d sum=196613; received KBps/r avg=196614; transmitted KBps/r avg=196615'
    + '; droppedRx num/d sum=196616; droppedTx num/d sum=196617; bytesRx KBps/r avg=196618'
    + '; bytesTx KBps/r avg=196619; broadcastRx num/d sum=196620; broadcastTx num/d sum=196621'
    + '; multicastRx num/d sum=196622; multicastTx num/d sum=196623; errorsRx num/d sum=196624'
    + '; errorsTx num/d sum=196625; unknownProtos num/d sum=196626'
    + '; pnicBytesRx KBps/r avg=196627; pnicBytesTx KBps/r avg=196628',
  sys:
    'uptime s/a lat=262144; heartbeat num/a lat=262145; diskUsage %/a lat=262146'
    + '; resourceCpuUsage MHz/r none=262147,avg=262148,max=262149,min=262150'
    + '; resourceMemTouched KB/a lat=262151; resourceMemMapped KB/a lat=262152'
    + '; resourceMemShared KB/a lat=262153; resourceMemSwapped KB/a lat=262154'
    + '; resourceMemOverhead KB/a lat=262155; resourceMemCow KB/a lat=262156'
    + '; resourceMemZero KB/a lat=262157; resourceCpuRun1 %/a lat=262158'
    + '; resourceCpuAct1 %/a lat=262159; resourceCpuMaxLimited1 %/a lat=262160'
    + '; resourceCpuRun5 %/a lat=262161; resourceCpuAct5 %/a lat=262162'
    + '; resourceCpuMaxLimited5 %/a lat=262163; resourceCpuAllocMin MHz/a lat=262164'
    + '; resourceCpuAllocMax MHz/a lat=262165; resourceCpuAllocShares num/a lat=262166'
    + '; resourceMemAllocMin KB/a lat=262167; resourceMemAllocMax KB/a lat=262168'
    + '; resourceMemAllocShares num/a lat=262169; osUptime s/a lat=262170'
    + '; resourceMemConsumed KB/a lat=262171; resourceFdUsage num/a lat=262172',
  rescpu:
    'actav1 %/a lat=327680; actpk1 %/a lat=327681; runav1 %/a lat=327682'
    + '; actav5 %/a lat=327683; actpk5 %/a lat=327684; runav5 %/a lat=327685'
    + '; actav15 %/a lat=327686; actpk15 %/a lat=327687; runav15 %/a lat=327688'
    + '; runpk1 %/a lat=327689; maxLimited1 %/a lat=327690; runpk5 %/a lat=327691'
    + '; maxLimited5 %/a lat=327692; runpk15 %/a lat=327693; maxLimited15 %/a lat=327694'
    + '; sampleCount num/a lat=327695; samplePeriod ms/a lat=327696',
  managementAgent:
    'memUsed KB/a avg=393216; swapUsed KB/a avg=393217; swapIn KBps/r avg=393218'
    + '; swapOut KBps/r avg=393219; cpuUsage MHz/r avg=393220',
  storageAdapter:
    'commandsAveraged num/r avg=458752; numberReadAveraged num/r avg=458753'
    + '; numberWriteAveraged num/r avg=458754; read KBps/r avg=458755; write KBps/r avg=458756'
    + '; totalReadLatency ms/a avg=458757; totalWriteLatency ms/a avg=458758'
    + '; maxTotalLatency ms/a lat=458759',
  storagePath:
    'commandsAveraged num/r avg=524288; numberReadAveraged num/r avg=524289'
    + '; numberWriteAveraged num/r avg=524290; read KBps/r avg=524291; write KBps/r avg=524292'
    + '; totalReadLatency ms/a avg=524293; totalWriteLatency ms/a avg=524294'
    + '; maxTotalLatency ms/a lat=524295',
  virtualDisk:
    'numberReadAveraged num/r avg=589824; numberWriteAveraged num/r avg=589825'
    + '; read KBps/r avg=589826; write KBps/r avg=589827; totalReadLatency ms/a avg=589828'
    + '; totalWriteLatency ms/a avg=589829; readOIO num/a lat=589830; writeOIO num/a lat=589831'
    + '; readLoadMetric num/a lat=589832; writeLoadMetric num/a lat=589833'
    + '; readIOSize num/a lat=589834; writeIOSize num/a lat=589835; smallSeeks num/a lat=589836'
    + '; mediumSeeks num/a lat=589837; largeSeeks num/a lat=589838'
    + '; readLatencyUS us/a lat=589839; writeLatencyUS us/a lat=589840'
    + '; vFlashCacheIops num/a lat=589841; vFlashCacheLatency us/a lat=589842'
    + '; vFlashCacheThroughput num/a lat=589843',
  datastore:
    'numberReadAveraged num/r avg=655360; numberWriteAveraged num/r avg=655361'
    + '; read KBps/r avg=655362; write KBps/r avg=655363; totalReadLatency ms/a avg=655364'
    + '; totalWriteLatency ms/a avg=655365; sizeNormalizedDatastoreLatency us/a avg=655366'
    + '; datastoreIops num/a avg=655367; datastoreReadBytes num/a lat=655368'
    + '; datastoreWriteBytes num/a lat=655369; datastoreReadIops num/a lat=655370'
    + '; datastoreWriteIops num/a lat=655371; datastoreNormalReadLatency num/a lat=655372'
    + '; datastoreNormalWriteLatency num/a lat=655373; datastoreReadOIO num/a lat=655374'
    + '; datastoreWriteOIO num/a lat=655375; datastoreMaxQueueDepth num/a lat=655376'
    + '; datastoreReadLoadMetric num/a lat=655377; datastoreWriteLoadMetric num/a lat=655378'
    + '; maxTotalLatency ms/a lat=655379; siocActiveTimePercentage %/a avg=655380'
    + '; datastoreVMObservedLatency us/a lat=655381',
  power: 'power W/r avg=720896; powerCap W/a avg=720897; energy J/d sum=720898',
  hbr: 'hbrNumVms num/a avg=786432; hbrNetRx KBps/r avg=786433; hbrNetTx KBps/r avg=786434',
  vflashModule: 'numActiveVMDKs num/a lat=851968',
  vsanDomObj:
    'readIops num/r avg=1245184; readThroughput KBps/r avg=1245185'
    + '; readAvgLatency ms/a avg=1245186; readMaxLatency ms/a lat=1245187'
    + '; readCacheHitRate %/a lat=1245188; readCongestion num/r avg=1245189'
    + '; writeIops num/r avg=1245190; writeThroughput KBps/r avg=1245191'
    + '; writeAvgLatency ms/a avg=1245192; writeMaxLatency ms/a lat=1245193'
    + '; writeCongestion num/r avg=1245194; recoveryWriteIops num/r avg=1245195'
    + '; recoveryWriteThroughput KBps/r avg=1245196; recoveryWriteAvgLatency ms/a avg=1245197'
    + '; recoveryWriteMaxLatency ms/a lat=1245198; recoveryWriteCongestion num/r avg=1245199',
  gpu:
    'utilization %/a none=1310720,avg=1310721,max=1310722,min=1310723'
    + '; mem.used KB/a none=1310724,avg=1310725,max=1310726,min=1310727'
    + '; mem.usage %/a none=1310728,avg=1310729,max=1310730,min=1310731'
    + '; temperature C/a avg=1310732',
  pmem: 'available.reservation MB/a lat=1376256',
}

const units: Readonly<Record<string, readonly [key: string, label: string]>> = {
  '%': ['percent', '%'],
  MHz: ['megaHertz', 'MHz'],
  KB: ['kiloBytes', 'KB'],
  MB: ['megaBytes', 'MB'],
  TB: ['teraBytes', 'TB'],
  KBps: ['kiloBytesPerSecond', 'KBps'],
  ms: ['millisecond', 'ms'],
  us: ['microsecond', '\u00b5s'],
  s: ['second', 's'],
  num: ['number', 'num'],
  W: ['watt', 'W'],
  J: ['joule', 'J'],
  C: ['celsius', 'C'],
}

const rollups = {
  avg: 'average', sum: 'summation', min: 'minimum', max: 'maximum', lat: 'latest', none: 'none',
} as const
const types = { a: 'absolute', d: 'delta', r: 'rate' } as const

const groups: Readonly<Record<string, string>> = {
  cpu: 'CPU', mem: 'Memory', net: 'Network', sys: 'System', rescpu: 'Resource group CPU', hbr: 'Host-based replication',
  vmop: 'Virtual machine operations', gpu: 'GPU', pmem: 'Persistent memory',
}

const known = new Map<NodeKind, PerfCounterInfo[]>()

/** `PerformanceManager.perfCounter` of a kind of node; made when it is first asked for, then shared. */
export function perfCounters(kind: NodeKind): PerfCounterInfo[] {
  let list = known.get(kind)
  if (list === undefined) {
    const table = kind === 'vcenter' ? vcenterTable : hostTable
    list = deepFreeze(Object.entries(table).flatMap(([group, text]) => groupCounters(group, text)))
    known.set(kind, list)
  }
  return list
}

function groupCounters(group: string, text: string): PerfCounterInfo[] {
  const groupInfo = element(group, groups[group] ?? wordsOf(group))
  return text.split('; ').flatMap(item => {
    const [name, kind, list] = item.split(' ') as [string, string, string]
    const nameInfo = element(name, wordsOf(name.replaceAll('.', ' ')))
    const unitInfo = unitOf(kind.slice(0, kind.indexOf('/')))
    const statsType = types[kind.slice(-1) as keyof typeof types]
    return list.split(',').map((part): PerfCounterInfo => {
      const match = /^(\w+)=(\d+)(?:\((\d)\))?$/.exec(part)!
      const level = match[3] === undefined ? {} : { level: Number(match[3]), perDeviceLevel: Math.max(3, Number(match[3])) }
      return {
        key: Number(match[2]), nameInfo, groupInfo, unitInfo,
        rollupType: rollups[match[1] as keyof typeof rollups], statsType, ...level,
      }
    })
  })
}

function unitOf(text: string): ElementDescription {
  const [key, label] = units[text]!
  return element(key, label)
}
