using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts.Network;
using Audrey.Agent.Facts.Sshd;
using Audrey.Agent.Processes;
using Audrey.Agent.Stages.Give;
using Audrey.Agent.State;

namespace Audrey.Agent.Facts.Readers;

/// <summary>Creates the readers of this machine.</summary>
internal static class FactReaders
{
    /// <summary>Returns one reader for each class, in the order in which the classes are printed.</summary>
    /// <param name="state">The state directory of the runs.</param>
    /// <param name="scratch">The directory for temporary files.</param>
    /// <param name="factFolder">The directory of facts.</param>
    /// <param name="time">The clock for time limits.</param>
    /// <param name="log">Receives the reason for each file of the directory of facts that is ignored.</param>
    public static IReadOnlyList<IFactReader> Create(
        StateDirectory state, StateDirectory scratch, string factFolder, TimeProvider time, IAgentLog log)
    {
        var processes = new ChildProcesses(time);
        var programs = new FactPrograms(scratch, processes);
        return
        [
            new HostReader(),
            new NetworkReader(),
            new SysconfigReader(programs),
            new ServicesReader(new JournalView(state), programs),
            new PackageReader(programs),
            ForeignReader.ForDirectory(factFolder, log, reasons => new FactDirectory(factFolder, scratch, processes, time, reasons)),
            ForeignReader.ForFacter(log, reasons => new FacterFacts(FacterFacts.DefaultPrograms, scratch, processes, time, reasons)),
        ];
    }
}
