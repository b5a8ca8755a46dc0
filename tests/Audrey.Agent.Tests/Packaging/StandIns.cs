using Audrey.Agent.Tests.Support;
using Audrey.Testing;

namespace Audrey.Agent.Tests.Packaging;

/// <summary>Builds the packages with programs that do nothing, because the publication of the real ones takes minutes.</summary>
internal static class StandIns
{
    /// <summary>Builds all packages into a folder of <paramref name="directory"/>.</summary>
    public static async Task BuildPackagesAsync(TempDirectory directory, string folder)
    {
        var server = Directory.CreateDirectory(directory.File("server")).FullName;
        File.Copy("/bin/true", Path.Combine(server, "Audrey.Server"), overwrite: true);
        var command = directory.File("audrey");
        // The build runs the command to get the completions and the manual page.
        await File.WriteAllTextAsync(command, "#!/bin/sh\necho \"$@\"\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Tool.RunAsync(
            Path.Combine(Tool.Repository, "packaging/build"),
            directory.File(folder), "guest=/bin/true", $"server={server}", $"command={command}");
    }
}
