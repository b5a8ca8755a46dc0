using System.CommandLine;
using System.Text;
using Audrey.Agent.Processes;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.UserData;
using Audrey.Agent.UserData.Sources;

namespace Audrey.Agent.Commands;

/// <summary>The options that say where the user data is; without any it is looked for everywhere.</summary>
internal sealed class UserDataOptions
{
    private readonly Option<string?> _file = new("--user-data") { Description = "The file with the user data.", HelpName = "FILE" };
    private readonly Option<string?> _text = new("--user-data-text") { Description = "The user data itself; others can see it in the list of processes.", HelpName = "TEXT" };
    private readonly Option<string[]> _sources = new("--source")
    {
        Description = $"Look for user data here only; may be given again. Tried in this order: {string.Join(", ", KnownSources.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<Uri> _metadata = new("--metadata")
    {
        Description = $"The metadata service of the cloud (default {MetadataHttp.LinkLocal}).",
        HelpName = "URL",
        DefaultValueFactory = _ => MetadataHttp.LinkLocal,
        CustomParser = result => Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : Refuse(result),
    };

    public void AddTo(Command command)
    {
        _sources.AcceptOnlyFromAmong(KnownSources.Names);
        command.Add(_file);
        command.Add(_text);
        command.Add(_sources);
        command.Add(_metadata);
        command.Validators.Add(result =>
        {
            var given = new Option[] { _file, _text, _sources }.Count(option => result.GetResult(option) is not null);
            if (given > 1) result.AddError("--user-data, --user-data-text and --source exclude one another.");
        });
    }

    /// <summary>What finds the user data.</summary>
    public Func<ChildProcesses, CancellationToken, Task<byte[]>> Finder(
        ParseResult parsed, StateDirectory state, RunOptions options, TimeProvider time, IPause pause) => async (processes, cancellationToken) =>
    {
        if (parsed.GetValue(_text) is { } text) return Encoding.UTF8.GetBytes(text);
        if (parsed.GetValue(_file) is { } file)
            return await new UserDataFiles("file", file).FindAsync(cancellationToken)
                ?? throw new AgentException(ExitCode.UserData, $"The user data file {file} is not there, not readable, or empty.");

        using var metadata = new MetadataHttp(parsed.GetValue(_metadata)!, time);
        var sources = KnownSources.All("/", metadata, state, processes);
        if (parsed.GetValue(_sources) is { Length: > 0 } names) sources = [.. sources.Where(source => names.Contains(source.Name))];
        return await new Discovery(sources, options, time, pause, Log.Write).FindAsync(cancellationToken);
    };

    private static Uri Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError("--metadata needs an http or https address.");
        return MetadataHttp.LinkLocal;
    }
}
