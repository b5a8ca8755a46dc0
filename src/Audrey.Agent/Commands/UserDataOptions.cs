using System.CommandLine;
using System.CommandLine.Parsing;
using Audrey.Agent.Stages.Discover;
using Audrey.Agent.Stages.Discover.Sources;

namespace Audrey.Agent.Commands;

/// <summary>The options that select the location of the user data. By default every source is searched.</summary>
internal sealed class UserDataOptions
{
    private readonly Option<string?> _file = CommandOptions.Text("--user-data", "FILE", "The file with the user data.");
    private readonly Option<string?> _text = CommandOptions.Text(
        "--user-data-text", "TEXT", "The user data itself. Other users can see the text in the list of processes.");

    private readonly Option<string[]> _sources = new("--source")
    {
        Description = $"A source to search for user data. Can be repeated. The order is always: {string.Join(", ", KnownSources.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<Uri> _metadata = new("--metadata")
    {
        Description = $"The metadata service of the cloud (default {MetadataHttp.LinkLocal}).",
        HelpName = "URL",
        DefaultValueFactory = _ => MetadataHttp.LinkLocal,
        CustomParser = ParseUri,
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
            if (given > 1) result.AddError("Only one of --user-data, --user-data-text and --source can be used.");
        });
    }

    public UserDataRequest Read(ParseResult parsed) => new()
    {
        Text = parsed.GetValue(_text),
        File = parsed.GetValue(_file),
        Sources = parsed.GetValue(_sources) ?? [],
        Metadata = parsed.GetValue(_metadata)!,
    };

    private static Uri ParseUri(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        result.AddError("--metadata must be an http or https address.");
        return MetadataHttp.LinkLocal;
    }
}
