using System.Globalization;
using System.Text;
using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Validation;

/// <summary>
/// Warns of parts of a deployable that are legal and surely do something else than their author wants. The location of each warning is the
/// assembly.
/// </summary>
internal sealed class ProbableMistakes
{
    private readonly AssemblyDraft _assembly;

    private ProbableMistakes(AssemblyDraft assembly) => _assembly = assembly;

    /// <summary>Checks all assemblies.</summary>
    public static void Check(DeployableDraft deployable)
    {
        foreach (var alike in Lookalikes(deployable.Assemblies, assembly => assembly.Document.Name))
        {
            var name = Reveal(alike.Document.Name);
            alike.Location.Warn($"the name of this assembly, {name}, looks like the name of another one; rename one of them");
        }

        foreach (var assembly in deployable.Assemblies) new ProbableMistakes(assembly).Check();
        ValueDeadlocks.Check(deployable);
    }

    private void Check()
    {
        var document = _assembly.Document;
        WarnOfLookalikes("return", document.Returns.Select(named => named.Name), "");
        WarnOfLookalikes("service", document.Services.Select(service => service.Name), "");
        foreach (var service in document.Services)
        {
            WarnOfLookalikes("parameter", service.Parameters.Select(parameter => parameter.Name), $"[{Show(service.Name)}]");
            if (service.Executable is not { } executable) continue;
            if (executable.Contents is { } script && ProblemOf(script) is { } problem)
                Warn($"the script of service {Show(service.Name)} of assembly {Show(document.Name)} {problem}");
            WarnOfSharedVariables(service);
        }
    }

    private void WarnOfLookalikes(string kind, IEnumerable<string> names, string where)
    {
        foreach (var alike in Lookalikes(names, name => name))
            Warn($"{kind} {Reveal(alike)} of {Show(_assembly.Document.Name)}{where} looks like another one; rename one of them");
    }

    /// <summary>
    /// A guest gives each parameter to a script in an environment variable. A shell can only read names of letters, digits and underscores,
    /// so the guest writes other characters as underscores, unless two parameters would then share a variable.
    /// </summary>
    private void WarnOfSharedVariables(ServiceDocument service)
    {
        var byVariable = service.Parameters.GroupBy(parameter => Readable($"{service.Name}_{parameter.Name}"), StringComparer.Ordinal);
        foreach (var shared in byVariable)
        {
            string[] names = [.. shared.Select(parameter => parameter.Name).Take(2)];
            if (names.Length < 2) continue;
            Warn($"parameters {Show(names[0])} and {Show(names[1])} of {Show(_assembly.Document.Name)}[{Show(service.Name)}] would share "
                + $"the variable AUDREY_VAR_{Show(shared.Key)}, so the script does not get both; rename one");
        }
    }

    private static string Readable(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string? ProblemOf(string script)
    {
        if (string.IsNullOrWhiteSpace(script)) return "is empty, so it does nothing and succeeds; write the script";
        var start = script.AsSpan().TrimStart('\ufeff').TrimStart();
        if (!start.StartsWith("#!", StringComparison.Ordinal)) return null;
        if (start.Length < script.Length)
            return "has something before #!, so the system ignores that line and runs the script with /bin/sh; begin the script with #!";
        var end = start.IndexOf('\n');
        return (end < 0 ? start : start[..end]).EndsWith("\r", StringComparison.Ordinal)
            ? "has a carriage return at the end of its first line, so the system does not find the interpreter; end lines with a line feed "
                + "alone"
            : null;
    }

    /// <summary>Returns each part whose name differs from an earlier one only in spaces or in characters that do not show.</summary>
    private static IEnumerable<T> Lookalikes<T>(IEnumerable<T> named, Func<T, string> nameOf)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return named.Where(each => !seen.Add(Visible(nameOf(each))));
    }

    private static string Visible(string name)
    {
        var shown = name.EnumerateRunes()
            .Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            .Select(rune => Rune.IsWhiteSpace(rune) ? " " : rune.ToString());
        return string.Join(' ', string.Concat(shown).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Returns a name in quotes, with an escape for each character that does not show.</summary>
    private static string Reveal(string name) => $"'{string.Concat(Show(name).EnumerateRunes().Select(rune =>
        rune.Value == ' ' || Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format && !Rune.IsWhiteSpace(rune)
            ? rune.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}")))}'";

    private void Warn(string message) => _assembly.Location.Warn(message);

    private static string Show(string name) => NameRules.Show(name);
}
