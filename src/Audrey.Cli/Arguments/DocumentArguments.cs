using System.CommandLine;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Deployables;
using Audrey.Core.Deployables.Files;
using Audrey.Core.Limits;

namespace Audrey.Cli.Arguments;

/// <summary>The argument for the documents of a deployable.</summary>
internal static class DocumentArguments
{
    /// <summary>The maximum size of a file. The limit guards against a wrong file name. The parser has its own limits.</summary>
    private const long MaxFileBytes = 64 * 1024 * 1024;

    public static Argument<string[]> Files() => new("FILE")
    {
        Description = "The deployable's documents: a Deployable 1.0 in XML or YAML, or a deployable in the format of 2011 with its "
            + "assemblies and templates. Use - for the standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Reads the files.</summary>
    /// <exception cref="CommandFailure">Files cannot be read. The message names each file.</exception>
    public static DeployableResult Read(IReadOnlyCollection<string> paths)
    {
        var files = new List<DocumentFile>();
        var problems = new List<string>();
        foreach (var path in paths)
        {
            try
            {
                files.Add(new DocumentFile(path == "-" ? "(standard input)" : path, Bytes(path)));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{path} cannot be read: {error.Message}");
            }
        }

        if (problems.Count > 0) throw new CommandFailure(ExitCode.Usage, [.. problems]);
        return DeployableFiles.Read(files, new DocumentLimits());
    }

    /// <summary>Reads the files and prints warnings. Ends the command if there are findings.</summary>
    /// <exception cref="CommandFailure">The documents have findings.</exception>
    public static DeployableDocument ReadValid(IReadOnlyCollection<string> paths, Terminal terminal)
    {
        var result = Read(paths);
        foreach (var note in result.Warnings) terminal.Info($"note: {note}");
        return result.IsValid
            ? result.Document
            : throw new CommandFailure(ExitCode.Failed, [.. result.Findings.Select(finding => finding.ToString())]);
    }

    private static byte[] Bytes(string path)
    {
        using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > MaxFileBytes)
                throw new IOException($"the file is larger than {MaxFileBytes / 1024 / 1024} MiB; check its name");
        }

        return bytes.ToArray();
    }
}
