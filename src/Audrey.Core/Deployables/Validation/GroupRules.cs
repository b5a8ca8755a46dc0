using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Validation;

/// <summary>Rules for references to groups.</summary>
internal static class GroupRules
{
    /// <summary>Returns whether a reference breaks one of the rules for the assembly that it names.</summary>
    public static bool IsBroken(ReferenceDraft draft, AssemblyDocument provider) =>
        draft.OfGroup == provider.Count is null || draft.Parameter.Reference!.AtLeast > (draft.Parameter.Reference.First ?? int.MaxValue);

    /// <summary>Reports the rules that a reference breaks.</summary>
    public static void Check(string where, ReferenceDraft draft, AssemblyDocument provider)
    {
        var reference = draft.Parameter.Reference!;
        var name = NameRules.Show(provider.Name);
        if (provider.Count is not { } count)
        {
            if (draft.OfGroup)
                draft.Assembly.Report(
                    $"{where} refers to {name} as a group, but it is a single instance; leave out all, first and at_least, or give "
                    + $"{name} a count");
            return;
        }

        if (!draft.OfGroup)
        {
            draft.Assembly.Report(
                $"{where} refers to {name}, which is a group, as if it were a single instance; "
                + $"{draft.GroupForm ?? "refer to a single instance"}");
            return;
        }

        var max = reference.First ?? int.MaxValue;
        if (reference.AtLeast > max)
            draft.Assembly.Report(
                $"{where} needs at least {reference.AtLeast} of the first {max} values of {name}; write at_least: {max} or less");
        if (reference.First > count)
            draft.Assembly.Warn(
                $"{where} takes the first {reference.First} values of {name}, which is a group of {count}: it waits until the group has "
                + "grown");
        else if (reference.AtLeast > count)
            draft.Assembly.Warn(
                $"{where} waits for at least {reference.AtLeast} values of {name}, which is a group of {count}: it waits until the group "
                + "has grown");
    }
}
