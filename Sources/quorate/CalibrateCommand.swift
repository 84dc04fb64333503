import ArgumentParser
import Benchmarking
import Foundation

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "calibrate", abstract: "Measure what work costs on this machine.", shouldDisplay: true)
    func run() throws { try calibrationDebug() }
}
