// A card read by the tablet's camera, where the browser itself can read codes; no library is loaded for it.
import {Button} from '@mantine/core'
import {useEffect, useRef, useState} from 'react'
import {useTranslation} from 'react-i18next'
import {Dialog} from '../ui/parts'

interface Detector { detect(source: HTMLVideoElement): Promise<Array<{rawValue: string}>> }
const kLookMs = 200
const formats = ['qr_code', 'ean_13', 'ean_8', 'code_128', 'code_39', 'upc_a', 'itf']

type WithDetector = typeof globalThis & {BarcodeDetector?: new (options: {formats: string[]}) => Detector}
export const canScan = () => (globalThis as WithDetector).BarcodeDetector !== undefined && navigator.mediaDevices !== undefined

export function Scanner({open, onClose, onCode}: {open: boolean; onClose: () => void; onCode: (code: string) => void}) {
  const {t} = useTranslation()
  return (
    <Dialog open={open} onClose={onClose} label={t('staff.scan')}>
      <div className="inner">
        <Camera onCode={onCode} />
        <Button size="lg" variant="default" onClick={onClose}>{t('do.cancel')}</Button>
      </div>
    </Dialog>
  )
}

function Camera({onCode}: {onCode: (code: string) => void}) {
  const {t} = useTranslation()
  const video = useRef<HTMLVideoElement>(null)
  const told = useRef(onCode)
  told.current = onCode
  const [wrong, setWrong] = useState(false)
  useEffect(() => {
    let stream: MediaStream | null = null, gone = false, timer: ReturnType<typeof setTimeout>
    const look = async (detector: Detector) => {
      const found = video.current && video.current.readyState >= 2 ? await detector.detect(video.current).catch(() => []) : []
      if (gone) return
      if (found[0]?.rawValue) told.current(found[0].rawValue)
      else timer = setTimeout(() => void look(detector), kLookMs)
    }
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment'}})
      if (gone || !video.current) return stream.getTracks().forEach((track) => track.stop())
      video.current.srcObject = stream
      await video.current.play()
      await look(new (globalThis as WithDetector).BarcodeDetector!({formats}))
    }
    start().catch(() => { if (!gone) setWrong(true) })
    return () => { gone = true; clearTimeout(timer); stream?.getTracks().forEach((track) => track.stop()) }
  }, [])
  return wrong ? <p className="bad" role="alert">{t('staff.no_camera')}</p>
    : <><video ref={video} className="camera" muted playsInline aria-label={t('staff.scan')} /><p className="note">{t('staff.scan_how')}</p></>
}
