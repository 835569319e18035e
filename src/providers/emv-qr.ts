/** The national transfer QR under the name of its standard, VietQR, for the adapters that make or are given such codes. */
export { buildTransferQr as buildVietQr, cleanPurpose, readTransferQr as readVietQr } from '../domain/transfer-qr.ts'
