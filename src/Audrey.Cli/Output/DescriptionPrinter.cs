using System.Globalization;
using Audrey.Core.Statuses;
using Audrey.Core.Text;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints one instance in full.</summary>
internal static class DescriptionPrinter
{
    public static void PrintDescription(this Terminal terminal, InstanceStatus instance)
    {
        terminal.Line($"{StatusText.Name(instance)}: {StatusText.Word(instance.Status)}", StatusPrinter.Colour(instance.Status));
        Field("deployable", instance.Deployable.Value);
        Field("assembly", instance.Assembly);
        Field("generation", instance.Generation.ToString(CultureInfo.InvariantCulture));
        Field("registered", Time(instance.Registered));
        Field("first heard from", Time(instance.FirstContact) ?? "never");
        Field("last heard from", Time(instance.LastContact));
        Field("address", instance.Address);
        Field("completed", Time(instance.Completed));
        Field("applied", instance.AppliedRevision is { } revision ? $"revision {revision} at {Time(instance.Applied)}" : null);
        if (StatusText.OutOfDate(instance) is { } outOfDate) terminal.Line($"  {outOfDate}", Color.Yellow);
        if (StatusText.Silent(instance) is { } silent) terminal.Line($"  {silent}", Color.Yellow);
        Field("has given", string.Join(", ", instance.Given));
        Field("has not given yet", string.Join(", ", instance.NotYetProvided));
        foreach (var (name, fact) in instance.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal)) Field($"fact {name}", fact);
        if (StatusText.WrongSecrets(instance) is { } wrong) terminal.Line($"  {wrong}", Color.Yellow);
        foreach (var finding in instance.Forgiven ?? []) terminal.Line($"  forgiven at registration: {finding}", Color.Yellow);
        foreach (var service in instance.Services) Print(terminal, service);

        void Field(string name, string? text)
        {
            if (!string.IsNullOrEmpty(text)) terminal.Line($"  {name + ':',-20}{text}");
        }
    }

    private static void Print(Terminal terminal, ServiceStatus service)
    {
        terminal.Line();
        terminal.Line($"  service {StatusText.Service(service)}", StatusPrinter.Colour(service.Status));
        if (service.Problem is { } problem) terminal.Line($"    {problem}", Color.Yellow);
        terminal.PrintRuns(service, "    ");
        if (service.Message is { } message)
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"    run {service.Run} says: {message}"));
        foreach (var wrong in service.WrongValues) terminal.Line($"    wrong value: {wrong}", Color.Yellow);
        foreach (var missing in service.Waits) terminal.Line($"    {missing}", Color.Yellow);
    }

    private static string? Time(DateTimeOffset? time) => time is { } known ? UtcTime.Format(known) : null;
}
