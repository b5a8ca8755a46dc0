using System.Runtime.ExceptionServices;
using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Planning;
using Audrey.Core.Planning.Output;

namespace Audrey.Cli.Plans;

/// <summary>The progress of the launch of a plan.</summary>
internal enum PlanState
{
    /// <summary>Nothing was sent.</summary>
    Planned,

    /// <summary>The registration of the deployable has begun and may be incomplete.</summary>
    Registering,

    /// <summary>The deployable is registered.</summary>
    Registered,
}

/// <summary>
/// A directory with a plan, its user data and the state of its launch. An interrupted launch continues from this directory with the same
/// ids, so it never creates a second deployable.
/// </summary>
internal sealed class PlanDirectory : IDisposable
{
    /// <summary>The name of the file with the plan.</summary>
    public const string PlanName = "plan.json";

    private const string StateName = "launch-state";
    private const string HostsName = ".hosts";
    private const string LockName = ".lock";
    private const string AsideName = "earlier-launch";
    private const int MaxConcurrentWrites = 16;

    private readonly FileStream _lock;

    private PlanDirectory(string path, FileStream only) => (Path, _lock) = (path, only);

    public string Path { get; }

    public string PlanPath => File(PlanName);

    /// <summary>Gets the text of the stored plan. Null if no plan is stored.</summary>
    public string? StoredPlan => System.IO.File.Exists(PlanPath) ? System.IO.File.ReadAllText(PlanPath) : null;

    /// <summary>
    /// Gets the host directories of instances that were added after the launch, each as the host, a space and the UUID of the instance.
    /// </summary>
    public string[] StoredHosts => System.IO.File.Exists(File(HostsName)) ? System.IO.File.ReadAllLines(File(HostsName)) : [];

    public PlanState State
    {
        get
        {
            if (!System.IO.File.Exists(File(StateName))) return PlanState.Planned;
            var text = System.IO.File.ReadAllText(File(StateName)).Trim();
            return Enum.TryParse<PlanState>(text, out var state)
                ? state
                : throw new CommandFailure(
                    ExitCode.Usage,
                    $"{File(StateName)} is damaged. Choose another --output, or start again with --new.");
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
                new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (System.IO.File.Exists(System.IO.Path.Combine(path, LockName)))
        {
            throw new CommandFailure(ExitCode.Conflict, $"Another command is working in {path}: {error.Message}");
        }
    }

    /// <summary>
    /// Returns the options of a plan for this directory. Instances of the stored plan keep their ids and secrets. A launch that has begun
    /// keeps its certificate authorities, because those of the profile can have been renewed.
    /// </summary>
    /// <param name="options">The options of the command line, with a source of ids and secrets for other instances.</param>
    /// <param name="defaultCa">The certificate authorities of a launch that has not begun, in PEM, if the options have none.</param>
    /// <param name="takesStoredCa">Whether the certificate authorities may come from the stored plan.</param>
    /// <exception cref="CommandFailure">The plan cannot be read.</exception>
    public LaunchOptions Complete(LaunchOptions options, string? defaultCa, bool takesStoredCa)
    {
        var ca = State == PlanState.Planned ? defaultCa
            : takesStoredCa ? ReadPlan(StoredSetup.Read)?.Setup.CaCertificates
            : null;
        return WithCa(options, ca) with
        {
            Identities = ReadPlan(plan => RecordedIdentities.Read(plan, options.Identities)) ?? options.Identities,
        };
    }

    /// <summary>Returns the options with these certificate authorities, if they have none.</summary>
    public static LaunchOptions WithCa(LaunchOptions options, string? ca) =>
        options with { Setup = options.Setup with { CaCertificates = options.Setup.CaCertificates ?? ca } };

    /// <summary>Checks that a plan is the stored one of a launch that has begun.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="remedy">A sentence that says what to do if it is another plan.</param>
    /// <exception cref="CommandFailure">It is another plan.</exception>
    public void CheckPlan(LaunchPlan plan, string remedy)
    {
        if (PlanJson.Write(plan, showSecrets: true) == StoredPlan) return;
        throw new CommandFailure(
            ExitCode.Conflict,
            $"{Path} contains a launch with other documents, values, id, endpoint or machine setup (--user-data-base, "
                + $"--guest-ca, --install-packages, or a repository). {remedy}");
    }

    /// <summary>Reads the stored plan. Returns null if no plan is stored.</summary>
    /// <exception cref="CommandFailure">The plan cannot be read.</exception>
    public T? ReadPlan<T>(Func<string, T> read)
        where T : class
    {
        if (StoredPlan is not { } plan) return null;
        try
        {
            return read(plan);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"{PlanPath} is damaged, or of another version of this command. Choose another --output, or start again with --new.");
        }
    }

    /// <summary>
    /// Checks that no host of a plan has files in the directory that belong to another machine. They can contain its secret.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="setsAside">Whether <see cref="SetAside"/> moves the files of the stored launch away first.</param>
    /// <exception cref="CommandFailure">There are such files, or a host has the name of the file with the state of the launch.</exception>
    public void CheckHosts(LaunchPlan plan, bool setsAside)
    {
        if (plan.Instances.Any(instance => instance.HostName == StateName))
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"An instance has the host name '{StateName}', but the file {File(StateName)} holds the state of the launch. " +
                "Give the assembly another name.");
        }

        var taken = EntryNames();
        taken.ExceptWith(setsAside ? LaunchNames() : HostDirectories.Read(this).Launched);
        if (plan.Instances.FirstOrDefault(instance => taken.Contains(instance.HostName)) is { } host)
        {
            throw new CommandFailure(
                ExitCode.Conflict,
                $"{File(host.HostName)} exists and can contain the secret of another machine. Choose another --output.");
        }
    }

    /// <summary>
    /// Moves the stored plan, the state of its launch and its user data into a directory of their own, so that another launch can use this
    /// directory. Nothing is overwritten or deleted.
    /// </summary>
    /// <returns>The directory that the files were moved to. Null if nothing is stored.</returns>
    public string? SetAside()
    {
        var taken = EntryNames();
        string[] names = [.. LaunchNames().Where(taken.Contains)];
        if (names.Length == 0) return null;
        var aside = AsideName;
        for (var i = 2; taken.Contains(aside); i++) aside = $"{AsideName}-{i}";
        PrivateFiles.CreateDirectory(File(aside));
        foreach (var name in names) Directory.Move(File(name), System.IO.Path.Combine(File(aside), name));
        return aside;
    }

    /// <summary>
    /// Returns the names of everything that the stored launch has. If its plan cannot be read, this is everything in the directory. The
    /// plan is the last one: if the command is killed while it moves files, the next run finds the plan and moves the rest.
    /// </summary>
    private string[] LaunchNames()
    {
        IEnumerable<string> hosts;
        try
        {
            hosts = HostDirectories.Read(this).All;
        }
        catch (CommandFailure)
        {
            hosts = EntryNames().Where(name => name != LockName && !name.StartsWith(AsideName, StringComparison.Ordinal));
        }

        string[] last = [HostsName, StateName, PlanName];
        return [.. hosts.Except(last), .. last];
    }

    /// <summary>Moves the files of <see cref="SetAside"/> back.</summary>
    public void Restore(string? aside)
    {
        if (aside is null) return;
        foreach (var entry in Directory.GetFileSystemEntries(File(aside)))
            Directory.Move(entry, File(System.IO.Path.GetFileName(entry)));
        Directory.Delete(File(aside));
    }

    /// <summary>Returns the names of everything in the directory.</summary>
    public HashSet<string> EntryNames() => new(
        Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)), StringComparer.Ordinal);

    /// <summary>Deletes a plan that was refused, with its user data.</summary>
    public void Forget(LaunchPlan plan)
    {
        System.IO.File.Delete(File(StateName));
        foreach (var instance in plan.Instances) DeleteUserData(instance.HostName);
        System.IO.File.Delete(PlanPath);
    }

    /// <summary>Deletes the user data of a host, and its directory if nothing else is in it.</summary>
    public void DeleteUserData(string host)
    {
        if (!Directory.Exists(File(host))) return;
        foreach (var name in UserDataOutput.FileNames) System.IO.File.Delete(System.IO.Path.Combine(File(host), name));
        if (!Directory.EnumerateFileSystemEntries(File(host)).Any()) Directory.Delete(File(host));
    }

    /// <summary>Records the host directories of all instances that were added after the launch.</summary>
    public void WriteHosts(IEnumerable<(string Host, string Uuid)> hosts) =>
        PrivateFiles.Write(File(HostsName), string.Concat(hosts.Select(each => HostLine(each.Host, each.Uuid))));

    /// <summary>Records the host directory of one more instance.</summary>
    public void AppendHost(string host, string uuid) => PrivateFiles.Append(File(HostsName), HostLine(host, uuid));

    /// <summary>Returns a line that begins with a line feed, so that a line that was cut by a crash does not damage the next one.</summary>
    private static string HostLine(string host, string uuid) => $"\n{host} {uuid}";

    /// <summary>
    /// Writes a plan. Deletes the user data of hosts that only the plan before it has, because nothing was sent of that plan.
    /// </summary>
    public void Write(LaunchPlan plan)
    {
        var before = HostDirectories.Read(this).Launched.Except(plan.Instances.Select(instance => instance.HostName)).ToArray();
        PrivateFiles.Write(PlanPath, PlanJson.Write(plan, showSecrets: true));
        foreach (var host in before) DeleteUserData(host);
    }

    public void Write(PlanState state) => PrivateFiles.Write(File(StateName), state + "\n");

    /// <summary>Writes the user data of each instance into a directory that is named after its host.</summary>
    public void Write(IEnumerable<(PlannedInstance Instance, IReadOnlyList<(string Name, string Contents)> Files)> userData)
    {
        try
        {
            // Each file is flushed to disk. Disks flush several files together in the time of one.
            Parallel.ForEach(userData, new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentWrites }, one =>
            {
                PrivateFiles.CreateDirectory(File(one.Instance.HostName));
                foreach (var (name, contents) in one.Files)
                    PrivateFiles.Write(System.IO.Path.Combine(File(one.Instance.HostName), name), contents);
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }

    public void WriteText(string name, string contents) => PrivateFiles.Write(File(name), contents);

    public void Dispose() => _lock.Dispose();

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
