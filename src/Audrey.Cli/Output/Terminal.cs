using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>The output of the command: a terminal, a file, or a test.</summary>
internal sealed class Terminal
{
    /// <summary>
    /// The width for which lines are formatted. This width is so large that lines are never wrapped. A terminal wraps lines itself, and a
    /// file needs whole lines.
    /// </summary>
    private const int Unbounded = 1_000_000;

    private readonly IAnsiConsole _out;
    private readonly IAnsiConsole _error;

    public Terminal(TextWriter output, TextWriter error, bool interactive, bool colours, Func<string, string?> environment)
    {
        (Out, Error, IsInteractive, Environment) = (output, error, interactive, environment);
        var isColoured = colours && string.IsNullOrEmpty(environment("NO_COLOR"));
        (_out, _error) = (Console(output, isColoured), Console(error, isColoured));
        Live = Console(output, isColoured);
        Progress = Console(error, isColoured);
        (_out.Profile.Width, _error.Profile.Width) = (Unbounded, Unbounded);
    }

    /// <summary>Gets the writer for results.</summary>
    public TextWriter Out { get; }

    /// <summary>Gets the writer for problems and progress.</summary>
    public TextWriter Error { get; }

    /// <summary>Gets whether the output is a terminal, so that it can be redrawn.</summary>
    public bool IsInteractive { get; }

    /// <summary>Gets the console for output that is redrawn; used only if <see cref="IsInteractive"/>.</summary>
    public IAnsiConsole Live { get; }

    /// <summary>Gets the console for progress bars; used only if <see cref="IsInteractive"/>.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Gets the function that reads environment variables.</summary>
    public Func<string, string?> Environment { get; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the standard input; null if it is a terminal, where a person types.</summary>
    public TextReader? In { get; init; }

    /// <summary>Returns a terminal that writes no results, for a command that prints only JSON when it ends.</summary>
    public Terminal WithoutResults() =>
        new(TextWriter.Null, Error, interactive: false, colours: false, Environment) { Time = Time };

    /// <summary>Returns the terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        var isTerminal = !System.Console.IsOutputRedirected && System.Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(
            System.Console.Out,
            System.Console.Error,
            isTerminal && !System.Console.IsErrorRedirected,
            isTerminal,
            System.Environment.GetEnvironmentVariable)
        {
            In = System.Console.IsInputRedirected ? System.Console.In : null,
        };
    }

    /// <summary>Asks for a secret, which is not shown as it is typed, or reads the first line of the standard input.</summary>
    public string ReadSecret(string question)
    {
        if (In is not null) return In.ReadLine() ?? "";
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
        return console.Prompt(new TextPrompt<string>(Markup.Escape(question)).Secret(mask: null).AllowEmpty());
    }

    /// <summary>Writes a line of results. Control characters are replaced, because guests can have sent the text.</summary>
    public void Line(string text = "") => Out.WriteLine(PrintableText.Line(text));

    /// <summary>Writes a line of results in a colour, if colours are on. Control characters are replaced.</summary>
    public void Line(string text, Color colour) => Write(_out, PrintableText.Line(text), colour);

    /// <summary>Writes a problem to the error output. Control characters other than line ends are replaced.</summary>
    public void Problem(string text) => Write(_error, PrintableText.Lines(text), Color.Red);

    /// <summary>Writes a warning or a note to the error output. Control characters other than line ends are replaced.</summary>
    public void Info(string text) => Write(_error, PrintableText.Lines(text), Color.Yellow);

    private static void Write(IAnsiConsole console, string text, Color colour)
    {
        console.Write(new Text(text, new Style(colour)));
        console.WriteLine();
    }

    private static IAnsiConsole Console(TextWriter writer, bool colours) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
        ColorSystem = colours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
