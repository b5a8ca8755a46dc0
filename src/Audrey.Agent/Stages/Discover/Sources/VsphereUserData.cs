using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>The guestinfo <c>userdata</c> of vSphere, which VMware's tools print.</summary>
internal sealed class VsphereUserData(string program, StateDirectory state, ChildProcesses processes) : IUserDataSource
{
    /// <summary>The program of VMware's tools.</summary>
    public const string DefaultProgram = "/usr/bin/vmtoolsd";

    public string Name => "vsphere";

    public string? Obstacle { get; private set; }

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        Obstacle = null;
        if (!File.Exists(program)) return null;
        var folder = state.NewTemporary();
        try
        {
            var output = Path.Combine(folder, "output");
            var end = await processes.RunAsync(
                new ChildCommand
                {
                    Program = program,
                    Arguments = ["--cmd", "info-get guestinfo.userdata"],
                    Environment = new ChildEnvironment(),
                    Output = output,
                    Errors = Path.Combine(folder, "errors"),
                    MaxTime = TimeSpan.FromSeconds(10),
                },
                cancellationToken);
            if (end.Status == 0) return await new UserDataFiles(Name, output).FindAsync(cancellationToken);
            Obstacle = end.Problem ?? $"vmtoolsd ended with {end.Status}";
            return null;
        }
        finally
        {
            TreeRemoval.Delete(folder);
        }
    }
}
