using System.CommandLine;
using Audrey.Cli.Connection;
using Audrey.Cli.Output;
using Audrey.Core.Text;

namespace Audrey.Cli.Arguments;

/// <summary>The option for the time that instances have to hand over their work before they are removed.</summary>
internal sealed class NoticeOption(Terminal terminal)
{
    private readonly Option<double?> _option = CommonOptions.Seconds(
        "--notice",
        "The time that instances have to hand over their work before they are removed (30s if not given). An instance is removed earlier "
        + "when its guest is done, and at once if its guest cannot be told.",
        orZero: true);

    public void AddTo(Command command) => command.Add(_option);

    public LeaveNotice Read(ParseResult parsed, string assembly)
    {
        DateTimeOffset? shown = null;
        return new(parsed.GetValue(_option), leaveBy =>
        {
            if (shown == leaveBy) return;
            shown = leaveBy;
            terminal.Info($"Instances of {assembly} that leave have until {UtcTime.Format(leaveBy)} to hand over their work.");
        });
    }
}
