import { answer, openQuestion, wasAnswered } from '../../physics/compute/questions.js'
import { vmRecord } from '../../physics/compute/vm.js'
import type { VirtualMachineMethods } from '../../schema/generated/types.js'
import type { Call } from '../../services/call.js'
import { fault, invalidArgument } from '../../services/method-fault.js'
import { callerOf, truthOf } from '../truth.js'

/**
 * AnswerVM (vim25 reference): the choice is the key of one of the question's answers.
 * @throws ConcurrentAccess for a question that has been answered; InvalidArgument when none is open,
 * for an id that this VM never asked under, and for a choice that it does not offer
 */
export function answerVm(call: Call, args: VirtualMachineMethods['AnswerVM']['args']): void {
  const vm = truthOf(call.tx, call.self)
  if (wasAnswered(call.tx, vm, args.questionId)) {
    throw fault('ConcurrentAccess', {}, 'The question was answered by another user.')
  }
  const open = openQuestion(call.tx, vm)
  if (open?.id !== args.questionId) throw invalidArgument('questionId')
  const { choiceInfo } = vmRecord(call.tx, vm).props.runtime.question!.choice
  if (!choiceInfo.some(({ key }) => key === args.answerChoice)) throw invalidArgument('answerChoice')
  answer(call.tx, vm, args.answerChoice, callerOf(call))
}
