/** How a discrepancy may be settled, as data. A person's own words are taken too (read-resolution.ts). */

export type Resolution = {
  vietnamese: string
  /** True where one person proposes and another one decides: the resolution ends what somebody could still have claimed. */
  needsApproval: boolean
  /**
   * What happens to the money that the open discrepancy held in suspense: `taken_back`, so that the books are again what the facts say, or `stays`, so that the
   * provider's figure remains in them.
   */
  suspense: 'taken_back' | 'stays'
}

export const resolutions = {
  provider_corrected: oneStep('Đối tác đã đính chính số liệu'),
  found_in_other_file: oneStep('Đã tìm thấy ở tệp hoặc kỳ đối soát khác'),
  our_figure_stands: oneStep('Giữ số liệu của hệ thống, có xác nhận của đối tác'),
  attributed: oneStep('Đã xác định được hồ sơ'),
  listed_twice: oneStep('Dòng kê lặp, không phát sinh tiền'),
  fee_agreed: oneStep('Đã thống nhất phí dịch vụ với đối tác'),
  day_confirmed: oneStep('Đã xác nhận ngày giao dịch'),
  settled_later: oneStep('Đối tác đã chuyển tiền sau'),
  accept_provider_figure: secondPerson('Chấp nhận số liệu của đối tác'),
  written_off: secondPerson('Xóa chênh lệch theo quyết định của đơn vị'),
  refund: secondPerson('Hoàn trả người nộp'),
  returned_to_provider: secondPerson('Chuyển trả đối tác'),
} as const satisfies Record<string, Resolution>
export type ResolutionCode = keyof typeof resolutions

function oneStep(vietnamese: string): Resolution {
  return { vietnamese, needsApproval: false, suspense: 'taken_back' }
}

function secondPerson(vietnamese: string): Resolution {
  return { vietnamese, needsApproval: true, suspense: 'stays' }
}
