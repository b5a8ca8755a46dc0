using Audrey.Agent.Files;
using Audrey.Agent.Processes;
using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Discover.Sources;

/// <summary>
/// User data on a disk that is identified by its label, as NoCloud and config drive have it. cloud-init mounts such a disk. Without
/// cloud-init, this class mounts it read-only, reads the file, and unmounts it.
/// </summary>
/// <param name="name">The name of the source.</param>
/// <param name="devices">The possible paths of the disk.</param>
/// <param name="path">The path of the file on the disk.</param>
/// <param name="state">Holds the mount point.</param>
/// <param name="processes">Runs the programs that mount and unmount.</param>
internal sealed class DiskUserData(
    string name, IReadOnlyList<string> devices, string path, StateDirectory state, ChildProcesses processes) : IUserDataSource
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    public string Name => name;

    public string? Obstacle { get; private set; }

    public async Task<byte[]?> FindAsync(CancellationToken cancellationToken)
    {
        Obstacle = null;
        if (devices.FirstOrDefault(File.Exists) is not { } device) return null;
        var folder = state.NewTemporary();
        var point = Path.Combine(folder, "disk");
        AgentFiles.CreateFolder(point);
        try
        {
            var end = await RunAsync(folder, ["mount", "-o", "ro,nosuid,nodev,noexec", device, point], cancellationToken);
            if (end.Status != 0)
            {
                Obstacle = $"{device} cannot be mounted: {end.Problem ?? $"mount ended with {end.Status}"}";
                return null;
            }

            var file = new UserDataFiles(name, Path.Combine(point, path));
            var data = await file.FindAsync(cancellationToken);
            Obstacle = file.Obstacle;
            await RunAsync(folder, ["umount", point], CancellationToken.None);
            return data;
        }
        finally
        {
            TreeRemoval.Delete(folder);
        }
    }

    private Task<ChildResult> RunAsync(string folder, string[] command, CancellationToken cancellationToken) => processes.RunAsync(
        new ChildCommand
        {
            Program = "/usr/bin/env",
            Arguments = command,
            Environment = new ChildEnvironment(),
            Output = Path.Combine(folder, "output"),
            Errors = Path.Combine(folder, "errors"),
            MaxTime = MaxTime,
        },
        cancellationToken);
}
