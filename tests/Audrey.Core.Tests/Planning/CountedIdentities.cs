using System.Globalization;
using Audrey.Core.Planning;

namespace Audrey.Core.Tests.Planning;

/// <summary>Creates ids and secrets that are the same in every run.</summary>
internal sealed class CountedIdentities : ILaunchIdentities
{
    private int _count;

    public string NewDeployableId() => "00000000-0000-0000-0000-00000000d000";

    public (string Uuid, string Secret) NewInstance(string assembly, int? ordinal)
    {
        var number = (++_count).ToString("x12", CultureInfo.InvariantCulture);
        return ($"00000000-0000-0000-0000-{number}", $"secret-{number}");
    }
}
