using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;

namespace Audrey.Cli.Plans;

/// <summary>The progress of the launch of a plan.</summary>
internal enum LaunchState
{
    /// <summary>Nothing was sent.</summary>
    Planned,

    /// <summary>The registration of the deployable has begun and may be incomplete.</summary>
    Registering,

    /// <summary>The deployable is registered.</summary>
    Registered,
}

/// <summary>
/// A directory with a plan, its user data and the state of its launch. An interrupted launch continues from here with the same ids, so it
/// never creates a second deployable.
/// </summary>
internal sealed class PlanDirectory : IDisposable
{
    private const string PlanName = "plan.json";
    private const string StateName = "launch-state";

    private readonly FileStream _lock;

    private PlanDirectory(string path, FileStream only) => (Path, _lock) = (path, only);

    public string Path { get; }

    public string PlanPath => File(PlanName);

    /// <summary>Gets the text of the stored plan; null if there is none.</summary>
    public string? StoredPlan => System.IO.File.Exists(PlanPath) ? System.IO.File.ReadAllText(PlanPath) : null;

    public LaunchState State
    {
        get
        {
            if (!System.IO.File.Exists(File(StateName))) return LaunchState.Planned;
            var text = System.IO.File.ReadAllText(File(StateName)).Trim();
            return Enum.TryParse<LaunchState>(text, out var state)
                ? state
                : throw new CommandFailure(
                    ExitCode.Usage,
                    $"{File(StateName)} is damaged. Choose another --output, or begin anew with --new.");
        }
    }

    /// <summary>Creates the directory if necessary, and locks it against other commands until it is disposed.</summary>
    /// <exception cref="CommandFailure">Another command uses the directory.</exception>
    public static PlanDirectory Open(string path)
    {
        PrivateFiles.CreateDirectory(path);
        try
        {
            return new PlanDirectory(
                path,
                new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (System.IO.File.Exists(System.IO.Path.Combine(path, ".lock")))
        {
            throw new CommandFailure(ExitCode.Conflict, $"Another command is working in {path}: {error.Message}");
        }
    }

    /// <summary>
    /// Returns the ids and secrets of the stored plan. Instances that are not in the plan get those of <paramref name="others"/>.
    /// </summary>
    /// <exception cref="CommandFailure">The plan cannot be read.</exception>
    public ILaunchIdentities Identities(ILaunchIdentities others)
    {
        if (StoredPlan is not { } plan) return others;
        try
        {
            return RecordedIdentities.Read(plan, others);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"{PlanPath} is damaged, or of another version of this command. Choose another --output, or begin anew with --new.");
        }
    }

    /// <summary>Deletes the stored plan and the state of its launch.</summary>
    public void Forget()
    {
        System.IO.File.Delete(File(StateName));
        System.IO.File.Delete(PlanPath);
    }

    public void Write(LaunchPlan plan) => PrivateFiles.Write(PlanPath, PlanJson.Write(plan, showSecrets: true));

    public void Write(LaunchState state) => PrivateFiles.Write(File(StateName), state + "\n");

    /// <summary>Writes the user data of each instance into a directory that is named after its host.</summary>
    public void Write(IEnumerable<(PlannedInstance Instance, IReadOnlyList<(string Name, string Contents)> Files)> userData)
    {
        foreach (var (instance, files) in userData)
        {
            PrivateFiles.CreateDirectory(File(instance.HostName));
            foreach (var (name, contents) in files) PrivateFiles.Write(System.IO.Path.Combine(File(instance.HostName), name), contents);
        }
    }

    public void WriteText(string name, string contents) => PrivateFiles.Write(File(name), contents);

    public void Dispose() => _lock.Dispose();

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
